import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

test('the built types need no @types/node', () => {
  const program = ts.createProgram([fileURLToPath(new URL('../dist/index.d.ts', import.meta.url))], {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    types: [],
    skipDefaultLibCheck: true,
  })
  const problems = ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText)
  expect(problems).toEqual([])
  expect(program.getSourceFiles().filter(({ fileName }) => fileName.includes('/@types/node/'))).toEqual([])
})
