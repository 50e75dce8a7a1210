import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainWords } from './plainWords.js'

test.each([
  ['So, I was Thinking...', 'so i was thinking'],
  ['  WAIT!\n "stop"\tplease ', 'wait stop please'],
  ["I can't — not at 5.30, O'Neil.", "i can't not at 5.30 o'neil"],
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
