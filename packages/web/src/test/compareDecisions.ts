import type { Decision } from '@turnwise/core'

/** How far two runtimes are from each other. */
export interface Comparison {
  readonly decisions: number
  /** Where the two chose differently. */
  readonly otherActions: readonly number[]
  /** The most that a probability differs, in each decision. */
  readonly differences: readonly number[]
  /** Of the differences. */
  readonly median: number
  readonly ninetiethPercentile: number
  readonly largest: number
}

/** Compares decisions about the same words. */
export function compareDecisions(found: readonly Decision[], expected: readonly Decision[]): Comparison {
  const pairs = found.map((decision, index) => [decision, expected[index] ?? decision] as const)
  const differences = pairs.map(([one, other]) => {
    const [ones, others] = [Object.values(one.probabilities), Object.values(other.probabilities)]
    return Math.max(...ones.map((each, index) => Math.abs(each - (others[index] ?? Number.NaN))))
  })
  const sorted = differences.toSorted((a, b) => a - b)
  const percentile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
  return {
    decisions: pairs.length,
    otherActions: pairs.flatMap(([one, other], index) => (one.action === other.action ? [] : [index])),
    differences,
    median: percentile(0.5),
    ninetiethPercentile: percentile(0.9),
    largest: percentile(1),
  }
}
