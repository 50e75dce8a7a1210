/**
 * What is measured where nothing else is said. In a module of its own, which needs no other: command lines show it
 * without loading what measures.
 */

/** Of everything that is drawn by chance. */
export const SEED = 20_260

/** Of `runAccuracy`. */
export const DEFAULT_ACCURACY = { seed: SEED, resamples: 1000, worst: 20, quote: false } as const

/** Of `runStreaming`. 200 ms is what streaming recognisers usually take. */
export const DEFAULT_STREAMING = { seed: SEED, lagMs: 200, resamples: 1000 } as const

/** Of `runLatency`. */
export const DEFAULT_LATENCY = {
  spinning: false,
  rounds: 30,
  runs: 3,
  pauseMs: 100,
  sessions: [1, 4, 16, 64],
  calls: [1, 16, 64],
  wordMs: 300,
  seconds: 10,
  seed: SEED,
} as const

/** Of its `soak`, where one is asked for. */
export const DEFAULT_SOAK = { updates: 100_000, sessions: 1000 } as const

/**
 * The probability from which on the untouched base calls a turn finished. The trainer calls a word prefix open below the
 * same number; area under the curve, which needs no threshold, says more of the base.
 */
export const BASE_FINISHED_FROM = 0.04
