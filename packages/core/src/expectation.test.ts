import { describe, expect, test } from 'vitest'
import { EXPECTATIONS, type Expectation, isHalfAnswer, validateExpectation } from './expectation.js'
import { countDigits, wordsOf } from './spokenWords.js'
import { caught } from './test/caught.js'

const HALF: Record<Expectation, readonly string[]> = {
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

const WHOLE: Record<Expectation, readonly string[]> = {
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

test('an unknown expectation is refused', () => {
  expect(() => validateExpectation(undefined)).not.toThrow()
  expect(caught(() => validateExpectation('fax'))).toMatchObject({ code: 'INVALID_OPTION', value: 'fax' })
})
