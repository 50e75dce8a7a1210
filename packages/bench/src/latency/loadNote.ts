import type { LatencyResult } from './latencyResult.js'

/** A load average from which on other processes are sure to have been in the way. */
const BUSY_FROM = 0.5

/** Says that other processes ran while latency was measured; undefined if none did. */
export function loadNote({ machine: { loadAverage } }: LatencyResult): string | undefined {
  if (loadAverage < BUSY_FROM) return undefined
  return `Other processes ran too (load average ${loadAverage}): these figures are no record.`
}
