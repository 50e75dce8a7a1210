import { countDigits, digitsOf, isDictated, repeatsOf, spokenNumber, spokenWords, wordsOf } from './spokenWords.js'

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

/** Fewer are mostly no dictation: "two", "twenty two". */
const FEWEST_COUNTED = 3
/** The last ones: of a text longer than a prompt a session keeps only the end. */
const WORDS_COUNTED = 100

/**
 * What a user said as {@link spokenWords} writes it; where it ends in the dictation of three letters or digits or more, with a
 * colon and how many there are so far: "6620" becomes "six six two zero : four". Where the agent has
 * `asked` for a number of them, it is counted from the first on and both numbers stand there: "six six two zero : four of
 * six". A small model cannot count, and an agent often says how many it wants.
 *
 * `training/turnwise_training/dictation.py` does exactly the same.
 */
export function countedWords(text: string, asked?: number): string {
  const spoken = spokenWords(text)
  const words = wordsOf(spoken).slice(-WORDS_COUNTED)
  if (words.length === 0 || !endsInDictation(words) || hasLargeNumber(words)) return spoken
  const count = countWith(sizeOfConsonants, words)
  if (count < (asked === undefined ? FEWEST_COUNTED : fewestOf(words.at(-1) ?? ''))) return spoken
  const wanted = asked === undefined ? '' : ` of ${spokenNumber(String(asked))}`
  return `${spoken} : ${spokenNumber(String(count))}${wanted}`
}

/** Of those that were asked for: alone, "the first one", "oh" and "plan b" are words. */
function fewestOf(last: string): number {
  return ['one', 'oh', 'o'].includes(last) || /^\p{L}$/u.test(last) ? 2 : 1
}

/**
 * How many letters and digits the words dictate: digits as `countDigits` does, letters said one by one, and the letters
 * and digits of what a recogniser writes as one: "sw1v" 4, the "ab" of "ab 12" 2. "B as in bravo" is one letter.
 *
 * In doubt it counts more: who waits for what was said already waits in vain.
 */
export function countCharacters(words: readonly string[]): number {
  return countWith(sizeOfAny, words)
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

/** `sizeOfWritten`: how many characters a recogniser may have written as a word that stands among others. */
function countWith(sizeOfWritten: (word: string) => number, words: readonly string[]): number {
  const said = withoutExplanations(words)
  return said.reduce((count, word, index) => {
    if (digitsOf(word) > 0) return count
    const [before = '', after = ''] = [said[index - 1], said[index + 1]]
    const isAmong = [before, after].some((beside) => isCharacters(beside) && beside !== 'a' && beside !== 'i')
    return count + (sizeOf(word, isAmong) ?? (isAmong ? sizeOfWritten(word) : 0)) * repeatsOf(before)
  }, countDigits(said))
}

/** How many characters, other than the digits that `countDigits` counts, a word stands for; undefined if it may be a word. */
function sizeOf(word: string, isAmongCharacters: boolean): number | undefined {
  if (LETTER_NAMES.has(word)) return 1
  if (/\p{N}/u.test(word)) return isOrdinal(word) ? 0 : word.replace(/[^\p{L}\p{N}]/gu, '').length
  if (/^\p{L}$/u.test(word)) return isAmongCharacters || !['a', 'i'].includes(word) ? 1 : 0
  return undefined
}

function sizeOfAny(word: string): number {
  if (SOUND_LIKE_DIGITS.has(word)) return 1
  const isWritten = /^\p{L}+$/u.test(word) && word.length <= LONGEST_WRITTEN && repeatsOf(word) === 1
  return isWritten && !NO_LETTERS.has(word) ? word.length : 0
}

/** What cannot be spoken is spelled: "kmb", but not "big". */
function sizeOfConsonants(word: string): number {
  return /^[b-df-hj-np-tv-xz]{2,4}$/.test(word) && !NO_LETTERS.has(word) ? word.length : 0
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
