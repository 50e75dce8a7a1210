import { ratio, sum } from './scores.js'

/** Accuracy among rows of two sides that are paired by length. */
export interface LengthMatched {
  /** How many pairs there are. */
  readonly pairs: number
  /** 0 to 1: the mean over all ways to pair them. */
  readonly accuracy: number
}

/**
 * At each length there are as many pairs as the smaller side has rows, and every row of the larger side has the same
 * part in them. A rule on length alone gets half of them right.
 *
 * @param side which of the two sides each row is on
 */
export function lengthMatched(
  lengths: readonly number[],
  side: readonly boolean[],
  right: readonly boolean[],
): LengthMatched {
  const counts = new Map<string, number>()
  for (const [index, length] of lengths.entries()) {
    const key = `${length} ${side[index]}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const weights = lengths.map((length, index) => {
    const [own, other] = [side[index], !side[index]].map((each) => counts.get(`${length} ${each}`) ?? 0)
    return Math.min(own ?? 0, other ?? 0) / (own ?? 1)
  })
  const total = sum(weights)
  return { pairs: total / 2, accuracy: ratio(sum(weights.filter((_, index) => right[index])), total) }
}
