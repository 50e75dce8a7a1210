import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countedWords } from './dictation.js'
import { spokenWords } from './spokenWords.js'

test.each([
  ['um 6 6 two oh, four one 8', 'um six six two oh four one eight : seven'],
  ["okay it's K for kilo 7 M 2 P", "okay it's k for kilo seven m two p : five"],
  ['hang on i need my glasses right 0 3 8 8 1', 'hang on i need my glasses right zero three eight eight one : five'],
  ['yeah lee, l double e', 'yeah lee l double e : three'],
  ['KMB 40', 'kmb forty : five'],
  ['b as in bravo d like dog 4 1', 'b as in bravo d like dog four one : four'],
  ['d a n i e l l e', 'd a n i e l l e : eight'],
  ['1116*', '1116* : four'],
  ['SW1A 2AA', 'sw1a 2aa : seven'],
  ['at seven thirty', 'at seven thirty : three'],
])('%j is counted', (text, counted) => {
  expect(countedWords(text)).toBe(counted)
})

test.each([
  'two',
  '22',
  'it was the old one',
  'two hundred and five one two',
  '07700 900461 thanks',
  'double',
  'i',
  'the 3rd',
  '...',
  '',
])('%j is not', (text) => {
  expect(countedWords(text)).toBe(spokenWords(text))
})

test('says of what was dictated so far how much it is, and of other words nothing', () => {
  const digit = fc.constantFrom('0', '4', 'seven', 'oh', 'b', 'x')
  fc.assert(
    fc.property(fc.array(digit, { minLength: 3, maxLength: 9 }), (digits) => {
      const count = ['three', 'four', 'five', 'six', 'seven', 'eight', 'nine'][digits.length - 3]
      expect(countedWords(`it is ${digits.join(' ')}`)).toMatch(new RegExp(` : ${count}$`))
      expect(countedWords(`it is ${digits.join(' ')} I think`)).not.toContain(':')
    }),
  )
})
