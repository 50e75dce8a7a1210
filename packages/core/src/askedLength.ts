import { COUNT_WORDS, wordsOf } from './spokenWords.js'

/** The last ones: what is asked for stands at the end. */
const WORDS_READ = 100
const LONGEST = 40
const UNIT = /^(?:digit|letter|character|number|figure)s?$/
const NUMBERS = new Map([...COUNT_WORDS.map((word, number) => [word, number] as const), ['a', 1]])
/** May stand between a number and what it counts. */
const BESIDE_UNIT = /^(?:more|other|remaining|missing|last|final|single|capital|random)$/
/** Of these consists what stands between the parts of one code: "two letters, a dash and then six digits". */
const JOINT = /^(?:and|then|followed|by|plus|with|a|the|dash|hyphen|space|dot|slash|another)$/
/** A number after one of these is no length, or not the only one: "six or seven digits", "I only got nine digits". */
const NO_LENGTH_AFTER = /^(?:or|to|least|most|than|only|got|heard)$/

/**
 * How many letters and digits an agent has asked for, 2 to 40, where the last length that its words name is one: the sum of
 * its parts, 6 in "your six-digit code", 8 in "it's two letters and then six digits".
 *
 * `training/turnwise_training/asked_length.py` does exactly the same.
 */
export function askedLength(said: string): number | undefined {
  const words = wordsOf(said).slice(-WORDS_READ)
  let [length, isDoubtful, end] = [0, false, 0]
  for (const place of words.keys()) {
    const start = numberBefore(words, place)
    if (start === undefined) continue
    if (end === 0 || !words.slice(end, start).every((word) => JOINT.test(word))) [length, isDoubtful] = [0, false]
    length += numberOf(words[start])
    isDoubtful ||= NO_LENGTH_AFTER.test(words[start - 1] ?? '')
    end = place + 1
  }
  return length > 1 && length <= LONGEST && !isDoubtful ? length : undefined
}

/** The place of the number that counts the unit at a place; undefined where it is no unit or is not counted. */
function numberBefore(words: readonly string[], unit: number): number | undefined {
  if (!UNIT.test(words[unit] ?? '')) return undefined
  const start = unit - (BESIDE_UNIT.test(words[unit - 1] ?? '') ? 2 : 1)
  return numberOf(words[start]) > 0 ? start : undefined
}

function numberOf(word = ''): number {
  return /^[0-9]{1,2}$/.test(word) ? Number(word) : (NUMBERS.get(word) ?? 0)
}
