import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainWords } from './plainWords.js'

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
