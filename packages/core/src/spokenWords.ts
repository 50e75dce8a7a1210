import { plainWords } from './plainWords.js'

const UNITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
const TEENS = 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' ')
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
const HYPHENATED = new RegExp(`^(?:${TENS.join('|')})-(?:${UNITS.slice(1).join('|')})$`)
const DIGITS_OF = new Map([
  ...[...UNITS, 'oh', 'o', 'nought'].map((word) => [word, 1] as const),
  ...[...TEENS, ...TENS].map((word) => [word, 2] as const),
])
const REPEATS = new Map([
  ['double', 2],
  ['triple', 3],
  ['treble', 3],
])

const COUNTS = new Map(Array.from({ length: 100 }, (_, count) => [spokenNumber(String(count)), count]))

/**
 * A user's words as they are spoken, so that the answer cannot depend on how a recogniser writes them: as
 * {@link plainWords} writes them, in lower case, and numbers in words. From 10 to 99 they are read as a count is, "22" and
 * "twenty-two" as "twenty two", any other digit by digit: "At 412." becomes "at four one two".
 *
 * Final sigma, which `toLowerCase` makes of Σ by what stands around it, becomes a plain one; ’ becomes '.
 * `training/turnwise_training/spoken_words.py` does exactly the same.
 */
export function spokenWords(text: string): string {
  const plain = plainWords(text).toLowerCase().replaceAll('ς', 'σ').replaceAll('’', "'")
  return plain.split(' ').map(spokenWord).join(' ')
}

function spokenWord(word: string): string {
  if (/^[0-9]+$/.test(word)) return spokenNumber(word)
  return HYPHENATED.test(word) ? word.replace('-', ' ') : word
}

/** Digits in words: from 10 to 99 as a count is read, "22" as "twenty two", any other digit by digit. */
export function spokenNumber(digits: string): string {
  if (!/^[1-9][0-9]$/.test(digits)) return Array.from(digits, (digit) => UNITS[Number(digit)]).join(' ')
  const [tens, units] = [Math.floor(Number(digits) / 10), Number(digits) % 10]
  if (tens === 1) return TEENS[units] ?? ''
  return [TENS[tens - 2], ...(units === 0 ? [] : [UNITS[units]])].join(' ')
}

/** What a count in words says, "six" or "twenty two", up to 99; 0 of anything else. */
export function countOf(words: string): number {
  return COUNTS.get(words) ?? 0
}

/** The words of a text in lower case, without punctuation but for apostrophes inside them, `@`, `+` and dots inside. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[@+]|[\p{L}\p{N}]+(?:['’.]+[\p{L}\p{N}]+)*/gu) ?? []
}

/** How many digits a word stands for when a number is dictated: "nine" 1, "twenty" 2, "0770" 4, "hello" 0. */
export function digitsOf(word: string): number {
  return /^\p{N}+$/u.test(word) ? word.length : (DIGITS_OF.get(word) ?? 0)
}

/** How many digits the words dictate. "Double" and "triple" repeat what follows; "twenty one" is 2, not 3. */
export function countDigits(words: readonly string[]): number {
  let count = 0
  for (const [index, word] of words.entries()) {
    const before = words[index - 1] ?? ''
    const isUnitOfTens = TENS.includes(before) && UNITS.indexOf(word) > 0
    if (!isUnitOfTens) count += digitsOf(word) * repeatsOf(before)
  }
  return count
}

/** How often what follows a word is meant: "double" 2, "triple" 3, any other 1. */
export function repeatsOf(word: string): number {
  return REPEATS.get(word) ?? 1
}

/** Whether a word belongs to the dictation of a number or a spelling. */
export function isDictated(word: string): boolean {
  return digitsOf(word) > 0 || REPEATS.has(word) || /^\p{L}$/u.test(word)
}
