import { DEFAULT_POLICY, POLICIES, type PolicyName } from '@turnwise/core'
import { quantile } from '../metrics/bootstrap.js'
import { sum } from '../metrics/scores.js'
import {
  type JudgedSilence,
  pacedProbability,
  type Setting,
  type SweepOptions,
  scaledWait,
  tableWait,
} from './setting.js'

/**
 * Tells what every setting does to the silences drawn, by their numbers, some perhaps several times; NaN of no holds or
 * no ends. What each setting makes of each silence is looked up before, so that a drawing is only counted.
 */
export type Sweep = (drawn: Int32Array, tell: Tell) => void
type Tell = (cutOffRate: number, latencyMs: number, setting: Setting) => void

const THRESHOLDS = 50
/** No probability is so high: the setting is that of silence alone. */
const NEVER = 2
const WAITS_MS = steps(0, 5000, 50)
const MAX_DELAY_MS = 1500
/** So fine that neither silence alone nor the tables lose by the steps what the other does not. */
const SILENCES_MS = steps(0, 5000, 10)
const SCALES = steps(24, 500, 1).map((hundredths) => hundredths / 100)

/** Waits of a given length for every silence: the one that knows nothing of words, and so need not wait for them. */
export function sweepSilence(silences: readonly JudgedSilence[]): Sweep {
  const holdPlaces = placesOf(silences, 'hold', ({ silenceMs }) => countWhile(SILENCES_MS, (ms) => ms < silenceMs))
  return (drawn, tell) => {
    const holds = tally(drawn, holdPlaces, SILENCES_MS.length)
    const [cut, holdCount] = [above(holds), sum(holds)]
    for (const [index, waitMs] of SILENCES_MS.entries()) {
      tell((cut[index] ?? 0) / holdCount, waitMs, { threshold: 1, delayMs: waitMs, timeoutMs: waitMs })
    }
  }
}

/** Every threshold, delay and time-out. The thresholds are those of all silences, whatever is drawn. */
export function sweepThresholds(silences: readonly JudgedSilence[], { lagMs }: SweepOptions): Sweep {
  return sweepProbabilities(silences, lagMs, undefined)
}

/** The same settings, the probability changed by the pace before, as the default policy has it. */
export function sweepPaced(silences: readonly JudgedSilence[], { lagMs }: SweepOptions): Sweep {
  const paced = silences.map((silence) => ({ ...silence, turnProbability: pacedProbability(DEFAULT_POLICY, silence) }))
  return sweepProbabilities(paced, lagMs, DEFAULT_POLICY)
}

function sweepProbabilities(silences: readonly JudgedSilence[], lagMs: number, paceOf: PolicyName | undefined): Sweep {
  const thresholds = thresholdsOf(silences)
  const waits = [lagMs, ...WAITS_MS.filter((waitMs) => waitMs > lagMs)]
  const delays = waits.filter((waitMs) => waitMs <= Math.max(lagMs, MAX_DELAY_MS))
  const width = waits.length + 1
  const reached = ({ turnProbability }: JudgedSilence) => countWhile(thresholds, (each) => each <= turnProbability)
  const endPlaces = placesOf(silences, 'end', reached)
  // By the thresholds that the probability reaches, then by the waits that the silence outlasts.
  const holdPlaces = placesOf(silences, 'hold', (silence) => {
    return reached(silence) * width + countWhile(waits, (waitMs) => waitMs < silence.silenceMs)
  })
  return (drawn, tell) => {
    const ends = tally(drawn, endPlaces, thresholds.length)
    const holds = tally(drawn, holdPlaces, (thresholds.length + 1) * width - 1)
    const [overEnds, endCount, holdCount] = [above(ends), sum(ends), sum(holds)]
    const [over, open] = [new Float64Array(width), new Float64Array(width)]
    for (const [place, count] of holds.entries()) add(over, place % width, count)
    for (const [index, threshold] of thresholds.entries()) {
      // Those that reach the threshold before and not this one.
      for (const [place, count] of holds.subarray(index * width, (index + 1) * width).entries()) {
        add(over, place, -count)
        add(open, place, count)
      }
      const [cutOver, cutOpen, ended] = [above(over), above(open), overEnds[index] ?? 0]
      for (const [first, delayMs] of delays.entries()) {
        for (let last = first; last < waits.length; last += 1) {
          const timeoutMs = waits[last] ?? 0
          const cut = (cutOver[first] ?? 0) + (cutOpen[last] ?? 0)
          const waitedMs = ended * delayMs + (endCount - ended) * timeoutMs
          tell(cut / holdCount, waitedMs / endCount, { threshold, delayMs, timeoutMs, paceOf })
        }
      }
    }
  }
}

/** The waiting tables of the policies, each made shorter and longer. */
export function sweepTables(silences: readonly JudgedSilence[], { lagMs }: SweepOptions): Sweep {
  const tables = (Object.keys(POLICIES) as PolicyName[]).map((policy) => {
    const waits = Float64Array.from(silences, (silence) => tableWait(policy, silence))
    const scalesWhile = (index: number, isSo: (waitMs: number) => boolean) => {
      return countWhile(SCALES, (scale) => isSo(scaledWait(waits[index] ?? 0, scale, lagMs)))
    }
    const holdPlaces = placesOf(silences, 'hold', ({ silenceMs }, index) => scalesWhile(index, (ms) => ms < silenceMs))
    // By the scales at which the wait is no longer than the lag.
    const endPlaces = placesOf(silences, 'end', (_, index) => scalesWhile(index, (ms) => ms <= lagMs))
    return { policy, waits, holdPlaces, endPlaces }
  })
  return (drawn, tell) => {
    for (const { policy, waits, holdPlaces, endPlaces } of tables) {
      const holds = tally(drawn, holdPlaces, SCALES.length)
      const ends = tally(drawn, endPlaces, SCALES.length)
      const waited = tally(drawn, endPlaces, SCALES.length, waits)
      const [cut, lagging, laggingMs] = [above(holds), above(ends), above(waited)]
      const [holdCount, endCount, waitedMs] = [sum(holds), sum(ends), sum(waited)]
      for (const [index, scale] of SCALES.entries()) {
        const scaledMs = scale * (waitedMs - (laggingMs[index] ?? 0)) + lagMs * (lagging[index] ?? 0)
        tell((cut[index] ?? 0) / holdCount, scaledMs / endCount, { policy, scale })
      }
    }
  }
}

/**
 * Quantiles of the probabilities: each step changes the answer to as many silences. Of those that change none the lowest
 * stands for all.
 */
function thresholdsOf(silences: readonly JudgedSilence[]): number[] {
  const sorted = silences.map(({ turnProbability }) => turnProbability).sort((a, b) => a - b)
  const quantiles = Array.from({ length: THRESHOLDS + 1 }, (_, index) => quantile(sorted, index / THRESHOLDS))
  const thresholds = [...quantiles, NEVER].filter((threshold) => threshold > 0)
  const below = thresholds.map((threshold) => countWhile(sorted, (probability) => probability < threshold))
  return thresholds.filter((_, index) => below[index] !== below[index - 1])
}

/** Where each silence of a kind is counted; -1 for the others. */
function placesOf(
  silences: readonly JudgedSilence[],
  kind: JudgedSilence['kind'],
  placeOf: (silence: JudgedSilence, index: number) => number,
): Int32Array {
  return Int32Array.from(silences, (silence, index) => (silence.kind === kind ? placeOf(silence, index) : -1))
}

/** How many of the drawn lie at each place up to the last, or what they weigh together. */
function tally(drawn: Int32Array, places: Int32Array, last: number, weights?: Float64Array): Float64Array {
  const counts = new Float64Array(last + 1)
  for (const index of drawn) {
    const place = places[index] ?? -1
    if (place !== -1) add(counts, place, weights?.[index] ?? 1)
  }
  return counts
}

/** At each place the sum of what lies beyond it. */
function above(counts: Float64Array): Float64Array {
  const sums = new Float64Array(counts.length)
  for (let place = counts.length - 2; place >= 0; place -= 1) {
    sums[place] = (sums[place + 1] ?? 0) + (counts[place + 1] ?? 0)
  }
  return sums
}

function add(counts: Float64Array, place: number, value: number): void {
  counts[place] = (counts[place] ?? 0) + value
}

/** How many of the first items are so; no later one may be. */
function countWhile<Item>(items: readonly Item[], isSo: (item: Item) => boolean): number {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isSo(items[middle] as Item)) low = middle + 1
    else high = middle
  }
  return low
}

function steps(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step)
}
