import fc from 'fast-check'
import { expect, test } from 'vitest'
import { spokenWords } from './spokenWords.js'

test.each([
  ['So, at 412, I was Thinking...', 'so at four one two i was thinking'],
  ['4', 'four'],
  ['10 or 15, 22, 30, 99', 'ten or fifteen twenty two thirty ninety nine'],
  ['100 and 07', 'one zero zero and zero seven'],
  ['Twenty-five, thirty-ish, mid-fifty-two', 'twenty five thirty-ish mid-fifty-two'],
  ['Zero, 0, oh', 'zero zero oh'],
  ['07700 900461.', 'zero seven seven zero zero nine zero zero four six one'],
  ["I’m at 5.30 — the 3rd, ‘O'Neil’", "i'm at 5.30 the 3rd ‘o'neil'"],
  ['1—2 ٣ ½', 'one two ٣ ½'],
  ['ΟΔΟΣ ΣΑΣ.', 'οδοσ σασ'],
  ['?! ', '?! '],
  ['', ''],
])('%j', (text, spoken) => {
  expect(spokenWords(text)).toBe(spoken)
})

test('is the same for its own answer, and for the text in lower case', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const spoken = spokenWords(text)
      expect(spokenWords(spoken)).toBe(spoken)
      expect(spokenWords(text.toLowerCase())).toBe(spoken)
    }),
  )
})

test('words that are added to a text are added to what is spoken', () => {
  const word = fc.constantFrom('I', 'So,', '4', '412.', 'ΟΔΟΣ', 'O’Neil', '—', 'wait—no', '3rd', '22', 'Sixty-one')
  fc.assert(
    fc.property(fc.array(word), fc.array(word), (said, more) => {
      const spoken = spokenWords(['well', ...said].join(' '))
      expect(`${spokenWords(['well', ...said, ...more].join(' '))} `.startsWith(`${spoken} `)).toBe(true)
    }),
  )
})
