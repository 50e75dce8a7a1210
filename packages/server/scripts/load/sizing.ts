import type { CallsResult } from './measureCalls.js'

/** How many calls this machine bears, and what follows from that for many. */
export interface Sizing {
  /** The most calls that were answered in time, all of them talking all the time. */
  readonly bearableCalls: number
  readonly callsPerCore: number
  readonly rows: readonly SizingRow[]
}

interface SizingRow {
  readonly calls: number
  readonly cores: number
  readonly instances: number
}

/** In time: the 99th percentile, ms, and the share of words that newer ones replaced. */
export const IN_TIME = { p99Ms: 100, supersededShare: 0.01 } as const
/** An instance is not filled further, so that the loss of another one, or a bad minute, finds room. */
export const FILLED_SHARE = 0.7
const CALLS = [1000, 10_000, 100_000, 1_000_000]

/**
 * @param speechShare of a call, how long the user speaks
 * @returns null if not even the fewest calls were answered in time
 */
export function sizeFor(results: readonly CallsResult[], cores: number, speechShare: number): Sizing | null {
  const bearableCalls = Math.max(0, ...results.filter(isInTime).map(({ calls }) => calls))
  if (bearableCalls === 0) return null
  const callsPerInstance = (FILLED_SHARE * bearableCalls) / speechShare
  const rows = CALLS.map((calls) => {
    const instances = Math.ceil(calls / callsPerInstance)
    return { calls, cores: instances * cores, instances }
  })
  return { bearableCalls, callsPerCore: Math.round((10 * callsPerInstance) / cores) / 10, rows }
}

function isInTime({ latencyMs, superseded, words, errors }: CallsResult): boolean {
  return errors === 0 && latencyMs.p99 <= IN_TIME.p99Ms && superseded <= IN_TIME.supersededShare * words
}
