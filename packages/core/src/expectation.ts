import { lengthAskedBefore } from './askedLength.js'
import { countCharacters, endsInDictation, hasLargeNumber } from './dictation.js'
import { describeUnquoted, describeValue, TurnwiseError } from './errors.js'
import { isRecord } from './json.js'
import type { Message } from './messages.js'
import { countDigits, digitsOf, isDictated, wordsOf } from './spokenWords.js'

/** What an agent may have asked for. */
export const EXPECTATIONS = ['phone', 'email', 'date', 'name', 'yes-no', 'code', 'address'] as const

/** One of the {@link EXPECTATIONS}. */
export type ExpectationKind = (typeof EXPECTATIONS)[number]

/** Those of which an agent may know how long the answer is. */
export const COUNTED_EXPECTATIONS = ['phone', 'code'] as const

/** The most letters and digits of a {@link CountedExpectation}. */
export const MAX_EXPECTED_LENGTH = 64

/** An answer of so many letters and digits: the six of a sort code, the last four of a card's number. */
export interface CountedExpectation {
  readonly kind: (typeof COUNTED_EXPECTATIONS)[number]
  /** Letters and digits, a whole number, 1 to {@link MAX_EXPECTED_LENGTH}. */
  readonly length: number
}

/** What an agent has asked for, and how long the answer is where it knows that. */
export type Expectation = ExpectationKind | CountedExpectation

/** Words that no answer ends in. */
const OPEN_WORDS = new Set("and or but the my a an um uh er erm because with from plus it's it’s i'm i’m".split(' '))
/** "My number is", not "yes it is". */
const ANNOUNCED = /\b(number|code|e ?mail|mail|address|name|surname|date|birthday|postcode|zip) is$/
/** Words that are plainly no answer, or one that is over: nothing is waited for. */
const OTHER = [
  /\b(what|why|how|which|who|whose|where|when)\b/,
  /\b(is|are|do|does|did|can|could|would|will|should|may) (it|that|this|you|i|we|they|there)\b/,
  /\b(not|n['’]t|no|never|forgot|forgotten|rather|skip|refuse|stop|cancel|sorry|somebody|human)\b/,
  /(don|won|can|didn|haven)['’]?t\b/,
  /\b(same|usual|other|this|that|old|new|first|last) one$/,
  /\b(that['’]?s (it|all)|thanks|thank you|please|cheers)\b/,
]
/** After "at" these are a place or a time, not the name of a mail server. */
const NO_MAIL_SERVER = new Set('the my a an all least home work school night noon this that his her'.split(' '))
const MONTH = '(january|february|march|april|may|june|july|august|september|october|november|december)'
/** How an ordinal ends. A `\p{L}*` before it would match no more, and take quadratic time on a long word. */
const ORDINAL_END = String.raw`(first|second|third|th|\dst|\dnd|\drd)`
/** "The fourth of March nineteen": a year that has only begun. */
const BEGUN_YEAR = new RegExp(`${ORDINAL_END} (of )?${MONTH} (nineteen|twenty|two thousand|two thousand and)$`, 'u')

/** The rule of each kind: whether the words are plainly the beginning of such an answer. Open words are seen to before. */
const RULES: Record<ExpectationKind, (words: readonly string[]) => boolean> = {
  phone: isHalfPhone,
  email: isHalfEmail,
  date: (words) => words.at(-1) === 'of' || BEGUN_YEAR.test(words.join(' ')),
  name: isHalfName,
  'yes-no': () => false,
  // The shortest codes, of a card's back, have three.
  code: (words) => isBegunSpelling(words, 3),
  address: isHalfAddress,
}

/**
 * Whether the words are plainly only half of what the agent asked for. False wherever there is doubt: a question, a
 * refusal or anything else is left to the model.
 */
export function isHalfAnswer(expect: Expectation, text: string): boolean {
  const words = wordsOf(text)
  const plain = words.join(' ')
  if (words.length === 0 || /\?\s*$/.test(text)) return false
  // "No and" goes on, whatever was asked; elsewhere a "no" is a refusal.
  if (expect !== 'yes-no' && OTHER.some((pattern) => pattern.test(plain))) return false
  if (typeof expect === 'object') return isShort(expect, words) || isOpen(words, endsInDictation(words))
  return isOpen(words, false) || RULES[expect](words)
}

/**
 * What a session expects where it is told nothing: a `code`, if the agent's words since the user last spoke name how many
 * letters and digits it asks for, 2 to 40. The last message is the user's answer.
 */
export function codeAskedFor(messages: readonly Message[]): CountedExpectation | undefined {
  const length = lengthAskedBefore(messages, messages.length - 1)
  return length === undefined ? undefined : { kind: 'code', length }
}

/**
 * Checks what comes from outside.
 *
 * @throws TurnwiseError INVALID_OPTION
 */
export function validateExpectation(expect: unknown): asserts expect is Expectation | undefined {
  if (expect === undefined || EXPECTATIONS.some((known) => known === expect)) return
  if (isRecord(expect)) return validateCounted(expect)
  const problem = `expect is ${describeUnquoted(expect)}, expected one of ${EXPECTATIONS.join(', ')}.`
  throw new TurnwiseError('INVALID_OPTION', problem)
}

function validateCounted({ kind, length }: Record<string, unknown>): void {
  if (!COUNTED_EXPECTATIONS.some((known) => known === kind)) {
    throw invalid('expect.kind', kind, `one of ${COUNTED_EXPECTATIONS.join(', ')}`)
  }
  if (Number.isInteger(length) && Number(length) >= 1 && Number(length) <= MAX_EXPECTED_LENGTH) return
  throw invalid('expect.length', length, `a whole number from 1 to ${MAX_EXPECTED_LENGTH}`)
}

function invalid(place: string, value: unknown, expected: string): TurnwiseError {
  return new TurnwiseError('INVALID_OPTION', `${place} is ${describeValue(value)}, expected ${expected}.`, { value })
}

/** Words after which anything goes on. A spelled "a" at the end is none. */
function isOpen(words: readonly string[], isSpelled: boolean): boolean {
  return (OPEN_WORDS.has(words.at(-1) ?? '') && !isSpelled) || ANNOUNCED.test(words.join(' '))
}

/** Fewer letters and digits than were asked for, while they are being said. The rules of the kind alone know no length. */
function isShort({ kind, length }: CountedExpectation, words: readonly string[]): boolean {
  if (hasLargeNumber(words) || countCharacters(words) >= length) return false
  return endsInDictation(words) || RULES[kind](words)
}

/** Fewer digits than any number has: 7, or 10 after a trunk zero or a plus. Only while digits are being said. */
function isHalfPhone(words: readonly string[]): boolean {
  const last = words.at(-1) ?? ''
  if (!isDictated(last) && last !== '+') return false
  const first = words.find((word) => word === '+' || word === 'plus' || digitsOf(word) > 0)
  if (first === undefined) return false
  const isLong = /^(\+|plus|0.*|o|oh|zero|nought)$/.test(first)
  return countDigits(words) < (isLong ? 10 : 7)
}

/** No server yet, a server without a dot, or something that joins. */
function isHalfEmail(words: readonly string[]): boolean {
  const last = words.at(-1) ?? ''
  if (['@', 'at', 'dot', 'underscore', 'dash', 'hyphen', 'minus'].includes(last)) return true
  const at = Math.max(words.lastIndexOf('at'), words.lastIndexOf('@'))
  if (at === -1) return isDictated(last)
  const server = words.slice(at + 1)
  if (NO_MAIL_SERVER.has(server[0] ?? '')) return false
  return !server.some((word) => word === 'dot' || word.includes('.'))
}

/** Letters being spelled: of a name said before, until it is spelled; else until there are two. */
function isHalfName(words: readonly string[]): boolean {
  const spelled = spelledAtEnd(words)
  if (spelled === '') return words.at(-1) === 'spelled' || words.at(-1) === 'spelt'
  const said = words.filter((word) => word.length > 1 && word !== spelled)
  return spelled.length < 2 || said.some((word) => word.length > spelled.length && word.startsWith(spelled))
}

/** Letters and digits at the end, fewer than any code has; or a letter that is being explained: "b as in". */
function isBegunSpelling(words: readonly string[], fewest: number): boolean {
  if (/\b\p{L} (as in|for|as)$/u.test(words.join(' '))) return true
  const dictated = trailing(words, isDictated)
  const digits = countDigits(dictated)
  if (digits === 0 && spelledAtEnd(words) === '') return false
  const letters = dictated.filter((word) => digitsOf(word) === 0 && /^\p{L}$/u.test(word))
  return digits + letters.length < fewest
}

/** A house number alone, or what comes before one. */
function isHalfAddress(words: readonly string[]): boolean {
  const last = words.at(-1) ?? ''
  if (['flat', 'apartment', 'unit', 'suite', 'of', 'saint'].includes(last)) return true
  const digits = trailing(words, (word) => digitsOf(word) > 0)
  const before = words.slice(0, words.length - digits.length)
  return digits.length > 0 && before.every((word) => OPEN_WORDS.has(word) || ['number', 'yes', 'yeah'].includes(word))
}

/** The letters said one by one at the end, joined. "a" and "I" alone are words. */
function spelledAtEnd(words: readonly string[]): string {
  const letters = trailing(words, (word) => /^\p{L}$/u.test(word)).join('')
  return letters === 'a' || letters === 'i' ? '' : letters
}

/** The words at the end that all are of a kind. */
function trailing(words: readonly string[], isOfKind: (word: string) => boolean): readonly string[] {
  return words.slice(words.findLastIndex((word) => !isOfKind(word)) + 1)
}
