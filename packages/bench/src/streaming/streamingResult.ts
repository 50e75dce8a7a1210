import type { PolicyName } from '@turnwise/core'
import type { ResultHeader } from '../results/resultHeader.js'
import type { SystemFacts } from '../systems/system.js'
import type { Intervals } from './intervals.js'
import type { OverlapPoint } from './scoreOverlaps.js'
import type { OperatingPoint } from './setting.js'

/** Latencies (ms) at which the fewest cut-offs are stated. */
export const LATENCY_BUDGETS_MS = [300, 600] as const
/** Shares of cut-offs at which the least latency is stated. */
export const CUT_OFF_BUDGETS = [0.05, 0.1] as const

/** The best points within a budget, by its value; null where there is none. */
export interface BudgetPoints {
  readonly budget: number
  readonly point: OperatingPoint | null
  /** Of the figure that is the least within the budget, and of what is saved against silence alone; older results have none. */
  readonly intervals?: Intervals<'cutOffRate' | 'latencyMs' | 'saved'> | undefined
  /** The setting chosen on one half of the meetings, measured on the other, and the reverse; the mean. Null without such. */
  readonly crossFitted: Omit<OperatingPoint, 'setting'> | null
}

/** How a system finds ends of turns. */
export interface TurnEndResult {
  /** 'silence only', a system, or a system with the call's pace or the waiting tables of the policies. */
  readonly name: string
  readonly system: SystemFacts | null
  /** No point of it is beaten by another in both figures. */
  readonly curve: readonly OperatingPoint[]
  readonly cutOffsAtLatency: readonly BudgetPoints[]
  readonly latencyAtCutOffs: readonly BudgetPoints[]
  /** How often an end is found more probable than a hold. Null for silence alone. */
  readonly areaUnderCurve: number | null
}

/** What a policy does with a system's probabilities. */
export interface PolicyPoint extends Omit<OperatingPoint, 'setting'> {
  readonly system: string
  readonly policy: PolicyName
  /** What the policy declared when it was measured; older results have none. */
  readonly cutOffBudget?: number | undefined
  /** Older results have none. */
  readonly intervals?: Intervals<'cutOffRate' | 'latencyMs'> | undefined
}

/** How the agent is stopped, by rules or by a system. */
export interface OverlapResult extends OverlapPoint {
  readonly name: string
  readonly system: SystemFacts | null
  /** Older results have none. */
  readonly intervals?: Intervals<'backchannelsStopped' | 'interruptionsMissed'> | undefined
  /** By thresholds, for systems with probabilities. */
  readonly curve: readonly (OverlapPoint & { readonly threshold: number })[]
}

/** A result of `turnwise bench streaming`. */
export interface StreamingResult extends ResultHeader {
  readonly kind: 'streaming'
  readonly conversations: readonly string[]
  /** Drawings of the bootstrap; older results have no intervals. */
  readonly resamples?: number | undefined
  /** How long after a word's end its transcript is there. */
  readonly lagMs: number
  readonly holds: number
  readonly ends: number
  readonly backchannels: number
  readonly interruptions: number
  /** How many of each the conversations have, where only a sample was played. */
  readonly found: { readonly [Kind in 'holds' | 'ends' | 'backchannels' | 'interruptions']: number }
  readonly turnEnds: readonly TurnEndResult[]
  readonly policies: readonly PolicyPoint[]
  readonly overlaps: readonly OverlapResult[]
}
