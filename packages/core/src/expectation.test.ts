import { describe, expect, test } from 'vitest'
import {
  COUNTED_EXPECTATIONS,
  codeAskedFor,
  EXPECTATIONS,
  type ExpectationKind,
  isHalfAnswer,
  validateExpectation,
} from './expectation.js'
import { countDigits, wordsOf } from './spokenWords.js'
import { caught } from './test/caught.js'
import { processorTimeMs } from './test/processorTime.js'

const HALF: Record<ExpectationKind, readonly string[]> = {
  phone: [
    'oh seven seven',
    '07700 900',
    "It's 5 5 5",
    'my number is',
    'oh double seven double oh nine',
    'four one and',
  ],
  email: ['j o', 'john dot', 'anna at', 'anna at example', 'anna@example', 'anna underscore', 'my email is'],
  date: ['the fourth of', "it's the", 'the fourth of March nineteen', '14th March two thousand and', 'Monday or'],
  name: ['Smith, s m i', 's', "it's", 'my surname is', 'Katherine spelled'],
  'yes-no': ['yes but', 'no and', 'yes um', 'well my'],
  code: ['four', 'a b', 'b as in', 'the code is'],
  address: ['forty two', "it's 12", '12 Mill Road flat', 'number nine', 'the corner of'],
}

const WHOLE: Record<ExpectationKind, readonly string[]> = {
  phone: ['07700 900123', '555 0123', 'oh seven seven double oh nine oh oh one two three', 'the same one'],
  email: ['anna', 'anna at example dot com', 'anna@example.com', "I'm at work", 'the usual one'],
  date: ['the fourth of March', 'tomorrow', 'Tuesday at ten', '4 March 1990', 'next week'],
  name: ['Smith', 'Smith s m i t h', "it's Anna", 'j o'],
  'yes-no': ['yes', 'no', 'yes it is', 'I think so', "no I don't"],
  code: ['four one two', 'a b c 1', 'x4k9'],
  address: ['42 Mill Road', 'twelve Hill Street flat three'],
}

/** Plainly no answer to any of the questions. */
const OTHER = [
  '',
  'what do you need it for?',
  'which one',
  "I don't know",
  "I'd rather not say",
  'can I speak to somebody',
  "that's all",
  'is it the four',
]

describe.each(EXPECTATIONS)('%s', (kind) => {
  test.each(HALF[kind])('waits after "%s"', (text) => {
    expect(isHalfAnswer(kind, text)).toBe(true)
    expect(isHalfAnswer(kind, text.toUpperCase())).toBe(true)
  })

  test.each([...WHOLE[kind], ...OTHER])('leaves "%s" to the model', (text) => {
    expect(isHalfAnswer(kind, text)).toBe(false)
  })
})

test.each([
  ['nine', 1],
  ['oh double seven', 3],
  ['twenty one', 2],
  ['twenty ten', 4],
  ['triple 0, 12', 5],
  ['hello', 0],
])('%s dictates %d digits', (text, count) => {
  expect(countDigits(wordsOf(text))).toBe(count)
})

test.each([
  ['letters', 'a'],
  ['apostrophes', "a'"],
  ['dots', '.'],
  ['digits', '7'],
  ['dictated digits', '7 '],
  ['dictated letters', 'b '],
  ['explanations', 'b as in b '],
  ['questions', '? '],
  ['spaces', ' '],
])('a long text of %s does not take long', (_, unit) => {
  const text = `well ${unit.repeat(100_000 / unit.length)} march`
  for (const expected of [...EXPECTATIONS, ...COUNTED_EXPECTATIONS.map((kind) => ({ kind, length: 64 }))]) {
    expect(processorTimeMs(() => isHalfAnswer(expected, text))).toBeLessThan(500)
  }
})

test('an unknown expectation is refused', () => {
  expect(() => validateExpectation(undefined)).not.toThrow()
  expect(caught(() => validateExpectation('fax'))).toMatchObject({ code: 'INVALID_OPTION' })
})

describe.each(COUNTED_EXPECTATIONS)('%s of a known length', (kind) => {
  test.each([
    ['four one two', 4],
    ['oh double six', 4],
    ['20, 41.', 6],
    ['0770 900', 11],
    ["okay it's x q p", 12],
    ['b as in bravo', 2],
    ['B as in Bravo, D as in', 3],
    ['b d five one', 7],
    ['sw1v', 6],
    ['A4-77', 6],
    ['B7 2F, then 90 C1.', 16],
    ['x 4 a', 4],
    ['four one two three and', 4],
    ['the code is', 4],
  ])('waits after "%s" for %d', (text, length) => {
    expect(isHalfAnswer({ kind, length }, text)).toBe(true)
    expect(isHalfAnswer({ kind, length }, text.toUpperCase())).toBe(true)
  })

  test.each([
    ['four one two three', 4],
    ['nine', 1],
    ['four nine oh double two one six', 7],
    ['d k t', 3],
    ['double l', 2],
    ['x 4 a', 3],
    ['b as in bravo, d for delta', 2],
    ['alpha bravo tango five', 4],
    ['AB 12', 4],
    ['AB12 CD', 6],
    ['one two four for nine ate', 6],
    ['four one two three', 3],
    // Nothing is being dictated.
    ['four one two hold on', 6],
    ['I left it at the hotel', 6],
    // Three digits, or four.
    ['two hundred and five', 4],
  ])('leaves "%s" for %d to the model', (text, length) => {
    expect(isHalfAnswer({ kind, length }, text)).toBe(false)
  })

  test.each(OTHER)('leaves "%s" to the model', (text) => {
    expect(isHalfAnswer({ kind, length: 64 }, text)).toBe(false)
  })
})

test('a length that is none is refused', () => {
  expect(() => validateExpectation({ kind: 'code', length: 64 })).not.toThrow()
  for (const length of [0, 65, 4.5, '4', undefined]) {
    expect(caught(() => validateExpectation({ kind: 'code', length }))).toMatchObject({ code: 'INVALID_OPTION' })
  }
  for (const expectation of [{ kind: 'name', length: 4 }, [], null]) {
    expect(caught(() => validateExpectation(expectation))).toMatchObject({ code: 'INVALID_OPTION' })
  }
})

test('a code is expected where the agent has named its length since the user last spoke', () => {
  const question = { role: 'assistant', content: 'Your six-digit code, please.' } as const
  const answer = { role: 'user', content: 'oh six two' } as const
  expect(codeAskedFor([question, answer])).toEqual({ kind: 'code', length: 6 })
  const next = { role: 'assistant', content: 'And the town?' } as const
  expect(codeAskedFor([question, answer, next, answer])).toBeUndefined()
  expect(codeAskedFor([])).toBeUndefined()
})
