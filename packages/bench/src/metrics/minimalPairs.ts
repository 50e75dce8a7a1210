import { rowsByGroup } from './groups.js'
import { ratio } from './scores.js'

/** How many minimal pairs have both rows right. */
export interface PairScore {
  readonly pairs: number
  /** 0 to 1. */
  readonly accuracy: number
}

/**
 * Pairs of which a group or a sample has only one row do not count.
 *
 * @param pairs the pair of each row, or undefined
 */
export function minimalPairs(pairs: readonly (string | undefined)[], right: readonly boolean[]): PairScore {
  const whole = [...rowsByGroup(pairs).values()].filter((rows) => rows.length > 1)
  const hits = whole.filter((rows) => rows.every((row) => right[row] === true)).length
  return { pairs: whole.length, accuracy: ratio(hits, whole.length) }
}
