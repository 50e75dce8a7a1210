import type { Runtime } from 'turnwise'
import type { ResultHeader } from '../results/resultHeader.js'
import type { SystemFacts } from '../systems/system.js'

/**
 * What a system is measured for: a model with our runtime; the published way (full logits, an empty cache, a fresh call
 * for each update, ONNX Runtime's own options); or the same shape at its best (the cache kept).
 */
const LATENCY_ROLES = ['turnwise', 'published way', 'its shape at its best'] as const
export type LatencyRole = (typeof LATENCY_ROLES)[number]

/** What is known of a system that is timed. */
export interface TimedFacts extends SystemFacts {
  readonly role: LatencyRole
  /** What runs it. Results from before there was a choice have none: it was ONNX Runtime. */
  readonly runtime?: Runtime
  /** Whether its threads wait awake: ONNX Runtime's own way, and an option of ours in it. */
  readonly spinning: boolean
}

/** Milliseconds of one system in one run of one case, in the order they were taken, one of each kind in each turn. */
export interface CaseRun {
  /** In steady work. */
  readonly samplesMs: readonly number[]
  /** The first after a rest. */
  readonly restedMs: readonly number[]
  /** How many tokens the model ran each time. */
  readonly tokensRun: number
}

/** One piece of work, timed with every system in turn. */
export interface CaseResult {
  /** `fresh`: a whole prompt. `update`: 4 new tokens after others. */
  readonly kind: 'fresh' | 'update'
  /** Of the whole prompt. */
  readonly tokens: number
  readonly cachedTokens: number
  readonly systems: readonly { readonly name: string; readonly runs: readonly CaseRun[] }[]
}

/** A system in processes of its own. */
export interface ProcessResult {
  readonly name: string
  readonly runs: readonly ProcessRun[]
}

/** One process: from its start until it has answered once. */
export interface ProcessRun {
  /** Loading alone. */
  readonly loadMs: number
  /** Loading and the first decision. */
  readonly firstDecisionMs: number
  /** The same from the start of the process on, Node's own start included. */
  readonly sinceStartMs: number
  /** The most memory that the process had at a time. */
  readonly peakBytes: number
}

/** Milliseconds. */
export interface Spread {
  readonly count: number
  readonly median: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/** Sessions that each ask for the next word as soon as they have a decision. */
export interface ThroughputResult {
  readonly name: string
  readonly sessions: number
  readonly updatesPerSecond: number
  readonly latencyMs: Spread
}

/** Whole prompts, many at a time, as `predictMany` runs them. */
export interface BatchResult {
  readonly name: string
  readonly prompts: number
  readonly tokensEach: number
  readonly promptsPerSecond: number
}

/** Calls that go on side by side, each with a word every so often. */
export interface LoadResult {
  readonly name: string
  readonly calls: number
  readonly wordMs: number
  readonly asked: number
  /** With a decision of their own. */
  readonly answered: number
  /** With the decision of a newer word. */
  readonly superseded: number
  /** As OVERLOADED. */
  readonly refused: number
  readonly latencyMs: Spread
  /** By how much the event loop was late. */
  readonly loopDelayMs: Spread
  readonly rssBytes: number
}

/** The memory of the process after so many updates of many sessions. */
export interface SoakResult {
  readonly name: string
  readonly sessions: number
  readonly points: readonly { readonly updates: number; readonly rssBytes: number }[]
}

/** The same files in Python, and PyTorch. */
export interface PythonResult {
  readonly runtime: string
  readonly device: string
  readonly name: string
  readonly tokens: number
  readonly samplesMs: readonly number[]
}

/** A result of `turnwise bench latency`. */
export interface LatencyResult extends ResultHeader {
  readonly kind: 'latency'
  readonly threads: number
  /** How long a system rests before its turn. */
  readonly pauseMs: number
  /** How long it then works before the sample of steady work. */
  readonly steadyMs: number
  readonly systems: readonly TimedFacts[]
  readonly cases: readonly CaseResult[]
  readonly processes: readonly ProcessResult[]
  readonly throughput: readonly ThroughputResult[]
  readonly batch: BatchResult
  readonly load: readonly LoadResult[]
  readonly soak: SoakResult | null
  readonly python: readonly PythonResult[]
}
