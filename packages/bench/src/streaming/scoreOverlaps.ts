import { quantile } from '../metrics/bootstrap.js'
import { sum } from '../metrics/scores.js'
import type { HeardStep, StopRule } from './stopRules.js'

/** An overlap with what a system says of its words. */
export interface JudgedOverlap {
  readonly kind: 'backchannel' | 'interruption'
  readonly steps: readonly HeardStep[]
}

/** What stopping the agent by a rule does. */
export interface OverlapPoint {
  /** The share (0 to 1) of backchannels that stop the agent; null if there are none. */
  readonly backchannelsStopped: number | null
  /** The share of interruptions that do not; null if there are none. */
  readonly interruptionsMissed: number | null
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
    backchannelsStopped: share(backchannels.filter(({ steps }) => stop(steps) !== -1).length, backchannels.length),
    interruptionsMissed: share(interruptions.length - stops.length, interruptions.length),
    wordsUntilStop: share(sum(stops.map(({ words }) => words)), stops.length),
    msUntilStop: stops.length === 0 ? null : quantile(times, 0.5),
  }
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}
