/** The middle and the tail of times, ms; null of nothing. */
export interface Spread {
  readonly count: number
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
  readonly max: number | null
}

export function spreadOf(timesMs: readonly number[]): Spread {
  const sorted = [...timesMs].sort((left, right) => left - right)
  const at = (share: number) => roundMs(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))])
  return { count: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) }
}

function roundMs(timeMs: number | undefined): number | null {
  return timeMs === undefined ? null : Math.round(100 * timeMs) / 100
}
