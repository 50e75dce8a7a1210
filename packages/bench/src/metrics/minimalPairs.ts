import { ratio } from './scores.js'

/** How many minimal pairs have both rows right. */
export interface PairScore {
  readonly pairs: number
  /** 0 to 1. */
  readonly accuracy: number
}

/** @param pairs the pair of each row, or undefined; a pair has two rows */
export function minimalPairs(pairs: readonly (string | undefined)[], right: readonly boolean[]): PairScore {
  const bothRight = new Map<string, boolean>()
  for (const [index, pair] of pairs.entries()) {
    if (pair !== undefined) bothRight.set(pair, (bothRight.get(pair) ?? true) && right[index] === true)
  }
  const hits = [...bothRight.values()].filter(Boolean).length
  return { pairs: bothRight.size, accuracy: ratio(hits, bothRight.size) }
}
