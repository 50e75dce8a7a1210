import { type BootstrapOptions, quantile } from '../metrics/bootstrap.js'
import { sum } from '../metrics/scores.js'
import { type Intervals, intervalsByMeeting } from './intervals.js'
import type { HeardStep, StopRule } from './stopRules.js'

/** An overlap with what a system says of its words. */
export interface JudgedOverlap {
  readonly meeting: string
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

/** Intervals of the shares, by drawing meetings. */
export function overlapIntervals(
  overlaps: readonly JudgedOverlap[],
  stop: StopRule,
  bootstrap: BootstrapOptions,
): Intervals<'backchannelsStopped' | 'interruptionsMissed'> {
  const judged = overlaps.map(({ kind, steps }) => ({ kind, stops: stop(steps) !== -1 }))
  const figuresOf = (drawn: Int32Array) => {
    const counts = { backchannel: { stopped: 0, all: 0 }, interruption: { stopped: 0, all: 0 } }
    for (const index of drawn) {
      const overlap = judged[index]
      if (overlap === undefined) continue
      counts[overlap.kind].all += 1
      if (overlap.stops) counts[overlap.kind].stopped += 1
    }
    const { backchannel, interruption } = counts
    return {
      backchannelsStopped: backchannel.stopped / backchannel.all,
      interruptionsMissed: (interruption.all - interruption.stopped) / interruption.all,
    }
  }
  return intervalsByMeeting(overlaps, figuresOf, bootstrap)
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}
