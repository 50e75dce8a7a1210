import { countDigits, digitsOf, isDictated, repeatsOf } from './spokenWords.js'

/** Names of one letter. */
const LETTER_NAMES = new Set(
  (
    'zed zee alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november ' +
    'oscar papa quebec romeo sierra tango uniform victor whiskey whisky yankee zulu'
  ).split(' '),
)
/** What recognisers write for a digit. */
const SOUND_LIKE_DIGITS = new Set('to too for fore won ate tree'.split(' '))
/** Short words that stand beside letters and digits and are none: "it is then 4". */
const NO_LETTERS = new Set(
  (
    'the it is its my our me we he you and or but then that this so on in of by at as uh um er erm hmm mm ah yes yeah ' +
    'yep okay ok well hi here just like code card with from plus dash dot next say see let got ends now'
  ).split(' '),
)
/** Longer words between letters and digits are said, not spelled. */
const LONGEST_WRITTEN = 4

/**
 * How many letters and digits the words dictate: digits as `countDigits` does, letters said one by one, and the letters
 * and digits of what a recogniser writes as one: "sw1v" 4, the "ab" of "ab 12" 2. "B as in bravo" is one letter.
 *
 * In doubt it counts more: who waits for what was said already waits in vain.
 */
export function countCharacters(words: readonly string[]): number {
  const said = withoutExplanations(words)
  return said.reduce((count, _, index) => count + lettersAt(said, index), countDigits(said))
}

/** Whether the last word is a letter or digit that is dictated, or an explanation of one. */
export function endsInDictation(words: readonly string[]): boolean {
  const said = withoutExplanations(words)
  const last = said.at(-1) ?? ''
  // "A" and "I" alone are words.
  if (last === 'a' || last === 'i') return isCharacters(said.at(-2) ?? '')
  return isCharacters(last)
}

/** "Two hundred and five" may be three digits or four. */
export function hasLargeNumber(words: readonly string[]): boolean {
  return words.some((word) => /^(hundred|thousand|million)s?$/.test(word))
}

/** How many characters, other than the digits that `countDigits` counts, a word stands for among the others. */
function lettersAt(words: readonly string[], index: number): number {
  const [word = '', before = '', after = ''] = [words[index], words[index - 1], words[index + 1]]
  if (digitsOf(word) > 0) return 0
  return sizeOf(word, isCharacters(before) || isCharacters(after)) * repeatsOf(before)
}

function sizeOf(word: string, isAmongCharacters: boolean): number {
  if (LETTER_NAMES.has(word)) return 1
  if (/\p{N}/u.test(word)) return isOrdinal(word) ? 0 : word.replace(/[^\p{L}\p{N}]/gu, '').length
  if (/^\p{L}$/u.test(word)) return isAmongCharacters || !['a', 'i'].includes(word) ? 1 : 0
  if (!isAmongCharacters) return 0
  if (SOUND_LIKE_DIGITS.has(word)) return 1
  const isWritten = /^\p{L}+$/u.test(word) && word.length <= LONGEST_WRITTEN && repeatsOf(word) === 1
  return isWritten && !NO_LETTERS.has(word) ? word.length : 0
}

/** A word of letters and digits only, whatever stands beside it. */
function isCharacters(word: string): boolean {
  return isDictated(word) || (/\p{N}/u.test(word) && !isOrdinal(word))
}

function isOrdinal(word: string): boolean {
  return /^\d+(st|nd|rd|th)$/.test(word)
}

/** Without what only says which letter was meant: "b as in bravo", "b for bravo". */
function withoutExplanations(words: readonly string[]): string[] {
  const said: string[] = []
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    said.push(word)
    if (/^\p{L}$/u.test(word)) index += explanationAfter(words, index)
  }
  return said
}

/** How many words explain the letter before them. */
function explanationAfter(words: readonly string[], index: number): number {
  const [letter = '', first, second] = words.slice(index, index + 3)
  if (first === 'as' && second === 'in') return 3
  const isExplained = ['as', 'for', 'like'].includes(first ?? '') && (second ?? '').length > 1
  return isExplained && second?.startsWith(letter) ? 2 : 0
}
