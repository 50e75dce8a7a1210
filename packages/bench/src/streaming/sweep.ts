import { DEFAULT_POLICY, type Pace, POLICIES, type PolicyName, pacedCompletion, waitFor } from '@turnwise/core'
import { quantile } from '../metrics/bootstrap.js'
import { ratio } from '../metrics/scores.js'

/** A silence and how probable (0 to 1) the system finds it, once the words are there, that the turn is over. */
export interface JudgedSilence {
  readonly meeting: string
  readonly kind: 'hold' | 'end'
  readonly silenceMs: number
  readonly turnProbability: number
  /** How the speaker has spoken until then. */
  readonly pace: Pace
}

/** When an agent speaks. */
export type Setting = ThresholdSetting | TableSetting

/** After the delay where the turn is probably over, after the time-out where not. */
interface ThresholdSetting {
  /** The probability (0 to 1) from which on the turn counts as over; above 1, it never does. */
  readonly threshold: number
  readonly delayMs: number
  readonly timeoutMs: number
  /** The policy whose pace changes the probability before, if any. */
  readonly paceOf?: PolicyName
}

/** After what a policy makes of the probability and the pace, times the scale: 1 is a session's own `waitMs`. */
interface TableSetting {
  readonly policy: PolicyName
  readonly scale: number
}

/** What a setting does. */
export interface OperatingPoint {
  /** The share (0 to 1) of holds in which the agent speaks before the speaker goes on. */
  readonly cutOffRate: number
  /** From the last word of a turn until the agent speaks, on average. */
  readonly latencyMs: number
  readonly setting: Setting
}

/** What is swept. The words are heard after a lag: no delay can be shorter. */
export interface SweepOptions {
  readonly lagMs: number
}

const THRESHOLDS = 50
/** No probability is so high: the setting is that of silence alone. */
const NEVER = 2
const DELAYS_MS = steps(0, 1500, 50)
const TIMEOUTS_MS = steps(200, 5000, 50)
/** So fine that neither silence alone nor the tables lose by the steps what the other does not. */
const SILENCES_MS = steps(0, 5000, 10)
const SCALES = steps(24, 500, 1).map((hundredths) => hundredths / 100)

/** Waits of a given length for every silence: the one that knows nothing of words. */
export function sweepSilence(silences: readonly JudgedSilence[]): OperatingPoint[] {
  const holds = durationsOf(silences)
  const points = SILENCES_MS.map((timeoutMs) => ({
    cutOffRate: ratio(countAbove(holds, timeoutMs), holds.length),
    latencyMs: timeoutMs,
    setting: { threshold: 1, delayMs: timeoutMs, timeoutMs },
  }))
  return paretoFront(points)
}

/** Every setting, those that another one beats in both figures left out: from the fewest cut-offs to the least latency. */
export function sweep(silences: readonly JudgedSilence[], { lagMs }: SweepOptions): OperatingPoint[] {
  const points: OperatingPoint[] = []
  const delays = [lagMs, ...DELAYS_MS.filter((delayMs) => delayMs > lagMs)]
  const ends = silences.filter(({ kind }) => kind === 'end')
  for (const threshold of thresholdsOf(silences)) {
    const isOver = ({ turnProbability }: JudgedSilence) => turnProbability >= threshold
    const over = durationsOf(silences.filter(isOver))
    const open = durationsOf(silences.filter((silence) => !isOver(silence)))
    const overShare = ratio(ends.filter(isOver).length, ends.length)
    const cutByTimeout = TIMEOUTS_MS.map((timeoutMs) => countAbove(open, timeoutMs))
    for (const delayMs of delays) {
      const cutByDelay = countAbove(over, delayMs)
      for (const [index, timeoutMs] of TIMEOUTS_MS.entries()) {
        if (timeoutMs < delayMs) continue
        points.push({
          cutOffRate: ratio(cutByDelay + (cutByTimeout[index] ?? 0), over.length + open.length),
          latencyMs: overShare * delayMs + (1 - overShare) * timeoutMs,
          setting: { threshold, delayMs, timeoutMs },
        })
      }
    }
  }
  return paretoFront(points)
}

/** The same settings, the probability changed by the pace before, as the default policy has it. */
export function sweepPaced(silences: readonly JudgedSilence[], options: SweepOptions): OperatingPoint[] {
  const paced = silences.map((silence) => ({ ...silence, turnProbability: pacedProbability(DEFAULT_POLICY, silence) }))
  return sweep(paced, options).map((point) => ({ ...point, setting: { ...point.setting, paceOf: DEFAULT_POLICY } }))
}

/** The waiting tables of the policies, each made shorter and longer; from the fewest cut-offs to the least latency. */
export function sweepTables(silences: readonly JudgedSilence[], { lagMs }: SweepOptions): OperatingPoint[] {
  const points = (Object.keys(POLICIES) as PolicyName[]).flatMap((policy) => {
    // Once for all scales: looking them up takes the most time.
    const waits = silences.map((silence) => tableWait(policy, silence))
    return SCALES.map((scale) => pointOf(silences, scaled(waits, scale, lagMs), { policy, scale }))
  })
  return paretoFront(points)
}

/** What one setting does to silences. */
export function applySetting(
  silences: readonly JudgedSilence[],
  setting: Setting,
  { lagMs }: SweepOptions,
): OperatingPoint {
  if ('policy' in setting) {
    const { policy, scale } = setting
    const waits = silences.map((silence) => tableWait(policy, silence))
    return pointOf(silences, scaled(waits, scale, lagMs), setting)
  }
  const { threshold, delayMs, timeoutMs, paceOf } = setting
  const waits = silences.map((silence) => {
    const probability = paceOf === undefined ? silence.turnProbability : pacedProbability(paceOf, silence)
    return probability >= threshold ? delayMs : timeoutMs
  })
  return pointOf(silences, waits, setting)
}

/** What waiting so long (ms), each number for a silence, does. */
function pointOf(silences: readonly JudgedSilence[], waits: readonly number[], setting: Setting): OperatingPoint {
  let [holds, cut, ends, waitedMs] = [0, 0, 0, 0]
  for (const [index, { kind, silenceMs }] of silences.entries()) {
    const waitMs = waits[index] ?? 0
    if (kind === 'end') {
      ends += 1
      waitedMs += waitMs
    } else {
      holds += 1
      if (silenceMs > waitMs) cut += 1
    }
  }
  return { cutOffRate: ratio(cut, holds), latencyMs: ratio(waitedMs, ends), setting }
}

/** The waits of a table made longer or shorter. Before the words are heard nothing is answered. */
function scaled(waits: readonly number[], scale: number, lagMs: number): number[] {
  return waits.map((waitMs) => Math.max(lagMs, scale * waitMs))
}

function tableWait(policy: PolicyName, { turnProbability, pace }: JudgedSilence): number {
  return waitFor(POLICIES[policy], turnProbability, pace)
}

function pacedProbability(policy: PolicyName, { turnProbability, pace }: JudgedSilence): number {
  return pacedCompletion(POLICIES[policy], turnProbability, pace)
}

/** The fewest cut-offs at a latency of at most so much; undefined if none is so fast. */
export function cutOffsWithin(points: readonly OperatingPoint[], latencyMs: number): OperatingPoint | undefined {
  return best(
    points.filter((point) => point.latencyMs <= latencyMs),
    (point) => point.cutOffRate,
  )
}

/** The least latency with at most such a share of cut-offs; undefined if none cuts off so rarely. */
export function latencyWithin(points: readonly OperatingPoint[], cutOffRate: number): OperatingPoint | undefined {
  return best(
    points.filter((point) => point.cutOffRate <= cutOffRate),
    (point) => point.latencyMs,
  )
}

/** The points that no other beats in one figure without losing in the other, by falling latency. */
export function paretoFront<Point extends Pick<OperatingPoint, 'cutOffRate' | 'latencyMs'>>(
  points: readonly Point[],
): Point[] {
  const sorted = [...points].sort((a, b) => a.cutOffRate - b.cutOffRate || a.latencyMs - b.latencyMs)
  let least = Number.POSITIVE_INFINITY
  return sorted.filter(({ latencyMs }) => {
    if (latencyMs >= least) return false
    least = latencyMs
    return true
  })
}

function best<Point>(points: readonly Point[], figureOf: (point: Point) => number): Point | undefined {
  return points.reduce<Point | undefined>((found, point) => {
    return found === undefined || figureOf(point) < figureOf(found) ? point : found
  }, undefined)
}

/** Quantiles of the probabilities: each step changes the answer to as many silences. */
function thresholdsOf(silences: readonly JudgedSilence[]): number[] {
  const sorted = silences.map(({ turnProbability }) => turnProbability).sort((a, b) => a - b)
  const found = Array.from({ length: THRESHOLDS + 1 }, (_, index) => quantile(sorted, index / THRESHOLDS))
  return [...new Set([...found, NEVER])].filter((threshold) => threshold > 0)
}

/** The lengths of holds, sorted. */
function durationsOf(silences: readonly JudgedSilence[]): Float64Array {
  const holds = silences.filter(({ kind }) => kind === 'hold')
  return Float64Array.from(holds, ({ silenceMs }) => silenceMs).sort()
}

/** How many sorted numbers are above a limit. */
function countAbove(sorted: Float64Array, limit: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) > limit) high = middle
    else low = middle + 1
  }
  return sorted.length - low
}

function steps(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step)
}
