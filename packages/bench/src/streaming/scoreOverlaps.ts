import { quantile } from '../metrics/bootstrap.js'
import { ratio, sum } from '../metrics/scores.js'
import type { HeardStep, StopRule } from './stopRules.js'

/** An overlap with what a system says of its words. */
export interface JudgedOverlap {
  readonly kind: 'backchannel' | 'interruption'
  readonly steps: readonly HeardStep[]
}

/** What stopping the agent by a rule does. */
export interface OverlapPoint {
  /** The share (0 to 1) of backchannels that stop the agent. */
  readonly backchannelsStopped: number
  /** The share of interruptions that do not. */
  readonly interruptionsMissed: number
  /** Until an interruption stops it, on average, of those that do; null of none. */
  readonly wordsUntilStop: number | null
  /** From the first word of the interruption; the median. */
  readonly msUntilStop: number | null
}

/** Counts what a rule does to overlaps. */
export function scoreOverlaps(overlaps: readonly JudgedOverlap[], stop: StopRule): OverlapPoint {
  const backchannels = overlaps.filter(({ kind }) => kind === 'backchannel')
  const interruptions = overlaps.filter(({ kind }) => kind === 'interruption')
  const stops = interruptions.flatMap(({ steps }) => {
    const step = steps[stop(steps)]
    return step === undefined ? [] : [step]
  })
  const times = stops.map(({ heardMs }) => heardMs).sort((a, b) => a - b)
  return {
    backchannelsStopped: ratio(backchannels.filter(({ steps }) => stop(steps) !== -1).length, backchannels.length),
    interruptionsMissed: ratio(interruptions.length - stops.length, interruptions.length),
    wordsUntilStop: stops.length === 0 ? null : ratio(sum(stops.map(({ words }) => words)), stops.length),
    msUntilStop: stops.length === 0 ? null : quantile(times, 0.5),
  }
}
