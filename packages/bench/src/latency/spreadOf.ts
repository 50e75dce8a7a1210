import { quantile } from '../metrics/bootstrap.js'
import type { Spread } from './latencyResult.js'

/** The middle and the tail of times; NaN of nothing. */
export function spreadOf(timesMs: readonly number[]): Spread {
  const sorted = [...timesMs].sort((left, right) => left - right)
  const at = (share: number) => roundMs(quantile(sorted, share))
  return { count: sorted.length, median: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) }
}

/** To a hundredth of a millisecond: more would only make results long. */
export function roundMs(timeMs: number): number {
  return Math.round(100 * timeMs) / 100
}
