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
  const judged = judge(overlaps, stop)
  const stops = judged.flatMap(({ kind, stoppedAt }) => {
    return kind === 'backchannel' || stoppedAt === undefined ? [] : [stoppedAt]
  })
  const times = stops.map(({ heardMs }) => heardMs).sort((a, b) => a - b)
  const { backchannelsStopped, interruptionsMissed } = sharesOf(judged)
  return {
    backchannelsStopped: orNull(backchannelsStopped),
    interruptionsMissed: orNull(interruptionsMissed),
    wordsUntilStop: orNull(sum(stops.map(({ words }) => words)) / stops.length),
    msUntilStop: orNull(quantile(times, 0.5)),
  }
}

/** Intervals of the shares, by drawing meetings. */
export function overlapIntervals(
  overlaps: readonly JudgedOverlap[],
  stop: StopRule,
  bootstrap: BootstrapOptions,
): Intervals<'backchannelsStopped' | 'interruptionsMissed'> {
  const judged = judge(overlaps, stop)
  return intervalsByMeeting(overlaps, (drawn) => sharesOf(judged, drawn), bootstrap)
}

/** An overlap and the step at which a rule stops the agent, if it does. */
interface Stopped {
  readonly kind: JudgedOverlap['kind']
  readonly stoppedAt: HeardStep | undefined
}

function judge(overlaps: readonly JudgedOverlap[], stop: StopRule): Stopped[] {
  return overlaps.map(({ kind, steps }) => ({ kind, stoppedAt: steps[stop(steps)] }))
}

/** The shares among those drawn, all by default; NaN of none. */
function sharesOf(judged: readonly Stopped[], drawn: Iterable<number> = judged.keys()) {
  const counts = { backchannel: { stopped: 0, all: 0 }, interruption: { stopped: 0, all: 0 } }
  for (const index of drawn) {
    const overlap = judged[index]
    if (overlap === undefined) continue
    counts[overlap.kind].all += 1
    if (overlap.stoppedAt !== undefined) counts[overlap.kind].stopped += 1
  }
  const { backchannel, interruption } = counts
  return {
    backchannelsStopped: backchannel.stopped / backchannel.all,
    interruptionsMissed: (interruption.all - interruption.stopped) / interruption.all,
  }
}

function orNull(figure: number): number | null {
  return Number.isNaN(figure) ? null : figure
}
