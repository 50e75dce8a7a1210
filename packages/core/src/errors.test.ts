import { expect, test } from 'vitest'
import { describeUnquoted, describeValue, ERROR_CATALOGUE, type ErrorCode, TurnwiseError } from './errors.js'

/** docs/errors.md, from the catalogue. `vitest run packages/core/src/errors.test.ts -u` writes it anew. */
function errorsDocument(): string {
  const codes = Object.keys(ERROR_CATALOGUE) as ErrorCode[]
  const sections = codes.map((code) => {
    const { meaning, remedy } = ERROR_CATALOGUE[code]
    return `## ${code}\n\n${meaning}\n\n*What to do:* ${remedy}\n`
  })
  return `# Errors

Everything that turnwise throws on purpose is a \`TurnwiseError\`. Its \`code\` says what happened and is part of the
interface; its \`message\` is for people and may change. \`value\` is the value that was wrong (never a text of the
conversation: those are private) and \`cause\` the error beneath, where there are such.

\`\`\`ts
import { loadDetector, TurnwiseError } from 'turnwise'

try {
  await loadDetector({ model: './my-model' })
} catch (error) {
  if (error instanceof TurnwiseError && error.code === 'MODEL_NOT_FOUND') console.error(error.remedy)
  else throw error
}
\`\`\`

This page is made from \`packages/core/src/errors.ts\`; a test compares the two.

${sections.join('\n')}`
}

test('docs/errors.md agrees with the catalogue', async () => {
  await expect(errorsDocument()).toMatchFileSnapshot('../../../docs/errors.md')
})

test('an error carries code, problem, remedy, value and cause', () => {
  const cause = new Error('beneath')
  const error = new TurnwiseError('INVALID_OPTION', 'threads is 0.', { value: 0, cause })
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({
    name: 'TurnwiseError',
    code: 'INVALID_OPTION',
    problem: 'threads is 0.',
    value: 0,
    cause,
  })
  expect(error.message).toBe(`threads is 0. ${ERROR_CATALOGUE.INVALID_OPTION.remedy}`)
  expect(error.remedy).toBe(ERROR_CATALOGUE.INVALID_OPTION.remedy)
  expect('cause' in new TurnwiseError('INVALID_OPTION', 'threads is 0.')).toBe(false)
})

test.each([
  ['text', '"text"'],
  ['a'.repeat(50), `"${'a'.repeat(40)}…"`],
  [undefined, 'undefined'],
  [null, 'null'],
  [1.5, '1.5'],
  [[1, 2], 'an array of 2'],
  [{}, 'a value of type object'],
])('describes %j as %s', (value, description) => {
  expect(describeValue(value)).toBe(description)
})

test('describes a text without quoting it, where it may be what somebody said', () => {
  expect(['text', undefined, 1.5].map(describeUnquoted)).toEqual(['a text', 'undefined', '1.5'])
})
