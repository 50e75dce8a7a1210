import type { Message } from './messages.js'
import { countOf, wordsOf } from './spokenWords.js'

/** The last ones: what is asked for stands at the end. */
const WORDS_READ = 100
const LONGEST = 40
const UNIT = /^(digit|letter|character|number|figure)s?$/
/** May stand between a number and what it counts. */
const BESIDE_UNITS = /^(?:more|other|remaining|missing|last|final|single|capital|random)$/
/** Of these consists what stands between the parts of one code: "two letters, a dash and then six digits". */
const JOINT = /^(?:and|then|followed|by|plus|a|the|dash|hyphen|space|dot|slash|another)$/
/** Before a number that may stand without what it counts: "the last four of your card". */
const SHARE = /^(?:first|last|final|next)$/
/** What such a share is of: one thing, not "the last four of your orders". */
const OF_ONE_THING = /^(?:of|on) (?:it|that|(?:your|the|this|its|his|her|their) (?:\S*(?:[^s'’ ]|ss)|\S+['’]s))(?: |$)/
/** Or what ends the question: "and the last four, please?" */
const ASKED = /^(?:please|again|for me)?(?: please)?$/
/** What comes after these is the whole of which a part was asked for: "the first six of the twelve digits". */
const OF_WHOLE = /^(?:of|on|from) (?:a|an|your|the|that|this|its|his|her|their)$/
/** A number after one of these is no length, or not the only one: "six or seven digits", "I only got nine digits". */
const NO_LENGTH_AFTER = /(?:^| )(?:or|to|least|most|than|only|got|heard|(?:minimum|groups) of|between \S+ and)$/
/** The same of what stands before one of these: "eight characters or more", "I have five digits so far". */
const NO_LENGTH_BEFORE = /^(?:so far|each|or (?:more|fewer|less))(?: |$)/

/** A number and what it counts, among words. */
interface Part {
  readonly number: number
  readonly unit: string
  readonly start: number
  readonly end: number
}

/**
 * How many letters and digits an agent has asked for, 2 to 40, where the last length that its words name is one: the sum of
 * its parts, 6 in "your six-digit code", 8 in "it's two letters and then six digits", 4 in "the last four of your card".
 *
 * `training/turnwise_training/asked_length.py` does exactly the same.
 */
export function askedLength(said: string): number | undefined {
  const words = wordsOf(said).slice(-WORDS_READ)
  let parts: Part[] = []
  for (const place of words.keys()) {
    const part = partAt(words, place)
    if (part === undefined) continue
    const between = words.slice(parts.at(-1)?.end ?? part.start, part.start)
    if (OF_WHOLE.test(between.join(' '))) continue
    const isJoined = between.every((word) => JOINT.test(word))
    parts = isJoined ? [...parts, part] : [part]
  }
  if (parts.some((part) => isDoubtful(words, part))) return undefined
  const length = sumOf(isRestated(parts) ? parts.slice(1) : parts)
  return length > 1 && length <= LONGEST ? length : undefined
}

/** A session asks with each word, about the same question; what a caller has changed in it meanwhile is seen. */
const askedIn = new WeakMap<Message, { readonly content: string; readonly length: number | undefined }>()

/** How many letters and digits the agent has asked for between the user's message at an index and the one before. */
export function lengthAskedBefore(messages: readonly Message[], index: number): number | undefined {
  for (let place = index - 1; place >= 0; place -= 1) {
    const message = messages[place]
    if (message === undefined || message.role === 'user') return undefined
    const length = message.role === 'assistant' ? lengthAskedIn(message) : undefined
    if (length !== undefined) return length
  }
  return undefined
}

function lengthAskedIn(message: Message): number | undefined {
  const { content } = message
  const known = askedIn.get(message)
  if (known?.content === content) return known.length
  const length = askedLength(content)
  askedIn.set(message, { content, length })
  return length
}

/** The part whose unit, or whose number without one, stands at a place; undefined where there is none. */
function partAt(words: readonly string[], place: number): Part | undefined {
  const word = words[place] ?? ''
  if (isShare(words, place)) return { number: numberOf(word), unit: 'digit', start: place, end: place + 1 }
  const unit = UNIT.exec(word)?.[1]
  if (unit === undefined) return undefined
  const isCountedBefore = word.endsWith('s') && BESIDE_UNITS.test(words[place - 1] ?? '')
  const last = place - (isCountedBefore ? 2 : 1)
  const [tens = '', units = ''] = [words[last - 1], words[last]]
  const both = countOf(`${tens} ${units}`)
  const [number, start] = both > 0 ? [both, last - 1] : [numberOf(units), last]
  return number > 0 ? { number, unit, start, end: place + 1 } : undefined
}

/** Whether a number says how much of something is asked for, with no word for letters or digits. */
function isShare(words: readonly string[], place: number): boolean {
  if (!SHARE.test(words[place - 1] ?? '') || numberOf(words[place] ?? '') < 2) return false
  const after = words.slice(place + 1, place + 4).join(' ')
  return OF_ONE_THING.test(after) || ASKED.test(words.slice(place + 1).join(' '))
}

/** Whether it is a range, a bound, a report, or digits read back: "4 1 7 digits". */
function isDoubtful(words: readonly string[], { start, end }: Part): boolean {
  const before = words[start - 1] ?? ''
  return (
    (numberOf(before) > 0 && !isOne(before) && before !== 'one') ||
    NO_LENGTH_AFTER.test(words.slice(Math.max(0, start - 3), start).join(' ')) ||
    NO_LENGTH_BEFORE.test(words.slice(end, end + 2).join(' '))
  )
}

/** Whether the first part says what the others do: "nine characters, two letters and seven digits". */
function isRestated([first, ...others]: readonly Part[]): boolean {
  const next = others[0]
  if (first === undefined || next === undefined || first.end !== next.start || first.number !== sumOf(others))
    return false
  return first.unit === 'character' || (others.length === 1 && first.unit === next.unit)
}

function sumOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { number }) => sum + number, 0)
}

function numberOf(word: string): number {
  if (isOne(word)) return 1
  return /^[0-9]{1,2}$/.test(word) ? Number(word) : countOf(word)
}

function isOne(word: string): boolean {
  return word === 'a' || word === 'another'
}
