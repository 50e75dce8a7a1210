import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const folder = new URL('.', import.meta.url)
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.startsWith('test/'),
)

test.each(sources)('%s imports nothing but its neighbours and the tokenizer library', (path) => {
  const text = readFileSync(new URL(path, folder), 'utf8')
  const imported = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name]) => name ?? '')
  for (const name of imported) expect(name).toMatch(/^(\.{1,2}\/|@huggingface\/tokenizers$)/)
})

test('the compiler sees neither Node nor a browser', () => {
  const base = JSON.parse(readFileSync(new URL('../../../tsconfig.base.json', folder), 'utf8'))
  const own = JSON.parse(readFileSync(new URL('../tsconfig.json', folder), 'utf8'))
  const { lib, types } = { ...base.compilerOptions, ...own.compilerOptions }
  expect({ lib, types }).toEqual({ lib: ['ES2023'], types: [] })
})
