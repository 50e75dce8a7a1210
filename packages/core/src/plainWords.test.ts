import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainWords } from './plainWords.js'
import { splitWords } from './strip.js'
import { processorTimeMs } from './test/processorTime.js'

test.each([
  ['So, I was Thinking...', 'So I was Thinking'],
  ['  WAIT!\n "stop"\tplease ', 'WAIT stop please'],
  ["I can't — not at 5.30, O'Neil.", "I can't not at 5.30 O'Neil"],
  ['j.carter@example.com.', 'j.carter@example.com'],
  ['(£1,234.50)', '£1,234.50'],
  ['?!', '?!'],
  ['', ''],
  [' . . ', ' . . '],
])('%j', (text, plain) => {
  expect(plainWords(text)).toBe(plain)
})

test('is the same for its own answer', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => plainWords(plainWords(text)) === plainWords(text)))
})

test('strips what a regular expression for the ends of words does', () => {
  const edges = /^[.,?!;:…"“”()]+|[.,?!;:…"“”()]+$/g
  const text = fc.string({ unit: fc.constantFrom(...'aσ😀.,?!;:…"“”()—– \'@\u0301') })
  fc.assert(
    fc.property(text, (said) => {
      const words = splitWords(said.replace(/[—–]/g, ' ')).map((word) => word.replace(edges, ''))
      expect(plainWords(said)).toBe(words.filter((word) => word !== '').join(' ') || said)
    }),
  )
})

test('a long row of dots inside a word does not take long', () => {
  const text = `well${'.'.repeat(100_000)}yes`
  expect(processorTimeMs(() => expect(plainWords(text)).toBe(text))).toBeLessThan(200)
})
