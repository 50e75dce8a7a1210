import { expect, test } from 'vitest'
import { bootstrapIntervals, quantile } from '../metrics/bootstrap.js'
import { createRandom } from '../metrics/random.js'
import { budgetIntervals } from './budgetIntervals.js'
import { scorePolicies, scoreSilenceOnly, scoreTables, scoreTurnEnds } from './scoreTurnEnds.js'
import type { JudgedSilence } from './setting.js'
import { type Sweep, sweepSilence, sweepThresholds } from './sweep.js'

const SYSTEM = { name: 'x', kind: 'model' } as const
const OPTIONS = { lagMs: 200, bootstrap: { seed: 1, resamples: 50 } }
const PACE = { turnMs: 3000, held: 0, answered: 0 }

/** Silences of some meetings, in each of which all holds are longer or shorter than in others. */
function createMeetings(meetings: number): JudgedSilence[] {
  const random = createRandom(5)
  return Array.from({ length: meetings }, (_, meeting) => {
    const longer = 0.5 + random()
    return Array.from({ length: 60 }, (_, index) => {
      const kind = index % 4 === 0 ? ('end' as const) : ('hold' as const)
      // Few probabilities, and so few thresholds: the sweeps are fast.
      const turnProbability = Math.round(5 * (kind === 'end' ? 0.3 + 0.7 * random() : 0.7 * random())) / 5
      return { meeting: `m${meeting}`, kind, silenceMs: longer * (200 + 1200 * random()), turnProbability, pace: PACE }
    })
  }).flat()
}

/** The figures that have intervals, with them. */
function statedOf(silences: readonly JudgedSilence[], options = OPTIONS) {
  const silence = scoreSilenceOnly(silences, options)
  const scores = [silence, scoreTurnEnds(SYSTEM, silences, options), scoreTables(SYSTEM, silences, options)]
  const policies = scorePolicies(SYSTEM, silences, options).flatMap(({ cutOffRate, latencyMs, intervals }) => [
    [cutOffRate, intervals?.cutOffRate] as const,
    [latencyMs, intervals?.latencyMs] as const,
  ])
  const budgets = scores.flatMap(({ cutOffsAtLatency, latencyAtCutOffs }) => [
    ...cutOffsAtLatency.map(({ point, intervals }) => [point?.cutOffRate, intervals?.cutOffRate] as const),
    ...latencyAtCutOffs.flatMap(({ point, intervals }, index) => {
      const saved = 1 - (point?.latencyMs ?? 0) / (silence.latencyAtCutOffs[index]?.point?.latencyMs ?? 0)
      return [[point?.latencyMs, intervals?.latencyMs] as const, [saved, intervals?.saved] as const]
    }),
  ])
  return [...policies, ...budgets].map(([figure = Number.NaN, [low, high] = [Number.NaN, Number.NaN]]) => {
    return { figure, low, high }
  })
}

test('the interval of one meeting, or of meetings that are all alike, is the figure', () => {
  const one = createMeetings(1)
  const alike = [0, 1, 2, 3, 4].flatMap((copy) => one.map((silence) => ({ ...silence, meeting: `m${copy}` })))
  for (const stated of [statedOf(one), statedOf(alike)]) {
    expect(stated).toHaveLength(26)
    for (const { figure, low, high } of stated) {
      expect(low).toBeCloseTo(figure, 6)
      expect(high).toBeCloseTo(figure, 6)
    }
  }
})

test('the intervals of unlike meetings have a width, around the figure, and are the same for the same seed', () => {
  const silences = createMeetings(20)
  const stated = statedOf(silences)
  expect(stated.filter(({ low, high }) => low < high).length).toBeGreaterThan(20)
  for (const { figure, low, high } of stated) {
    expect(low).toBeLessThanOrEqual(figure)
    expect(high).toBeGreaterThanOrEqual(figure)
  }
  expect(statedOf(silences)).toEqual(stated)
  expect(statedOf(silences, { ...OPTIONS, bootstrap: { seed: 2, resamples: 50 } })).not.toEqual(stated)
})

test('they are as wide as of so many meetings, however many silences each has', () => {
  const silences = Array.from({ length: 100 }, (_, meeting) => {
    const silence = {
      meeting: `m${meeting}`,
      silenceMs: meeting % 2 === 0 ? 250 : 1000,
      turnProbability: 0,
      pace: PACE,
    }
    const holds = Array.from({ length: 10 }, () => ({ ...silence, kind: 'hold' as const }))
    return [...holds, { ...silence, kind: 'end' as const }]
  }).flat()
  const { cutOffsAtLatency } = budgetIntervals(silences, sweepSilence(silences), { seed: 1, resamples: 1000 })
  const [low, high] = cutOffsAtLatency[0]?.cutOffRate ?? [0, 0]
  const halfWidth = 1.96 * Math.sqrt((0.5 * 0.5) / 100)
  expect(low).toBeCloseTo(0.5 - halfWidth, 1.5)
  expect(high).toBeCloseTo(0.5 + halfWidth, 1.5)
})

test('what is saved is of the same meetings, and so surer than of drawings of their own', () => {
  // Every other end is known, which saves about as much in every meeting.
  const silences = createMeetings(20).map((silence, index) => ({
    ...silence,
    turnProbability: index % 8 === 0 ? 1 : 0,
  }))
  const resamples = 200
  const latenciesOf = (sweep: Sweep, seed: number) => {
    const found: number[] = []
    const figuresOf = (drawn: Int32Array) => {
      let least = Number.POSITIVE_INFINITY
      sweep(drawn, (cutOffRate, latencyMs) => {
        if (cutOffRate <= 0.1) least = Math.min(least, latencyMs)
      })
      found.push(least)
      return {}
    }
    const meetings = silences.map(({ meeting }) => meeting)
    bootstrapIntervals(meetings, figuresOf, { seed, resamples })
    return found
  }
  const sweep = sweepThresholds(silences, OPTIONS)
  const ours = latenciesOf(sweep, 1)
  const savedAgainst = (its: readonly number[]) => {
    const saved = ours.map((latencyMs, index) => 1 - latencyMs / (its[index] ?? 0)).sort((a, b) => a - b)
    return [quantile(saved, 0.025), quantile(saved, 0.975)] as const
  }
  const [paired, apart] = [1, 2].map((seed) => savedAgainst(latenciesOf(sweepSilence(silences), seed)))
  const { latencyAtCutOffs } = budgetIntervals(silences, sweep, { seed: 1, resamples })
  const [low, high] = latencyAtCutOffs[1]?.saved ?? [0, 0]
  expect([low, high]).toEqual(paired)
  expect(high - low).toBeLessThan(((apart?.[1] ?? 0) - (apart?.[0] ?? 0)) / 3)
})

test('what some drawing lacks has no interval: without ends nothing is late, and too slow is no latency', () => {
  const holds = createMeetings(4).filter(({ meeting, kind }) => meeting === 'm0' || kind === 'hold')
  const withoutEnds = budgetIntervals(holds, sweepThresholds(holds, OPTIONS), OPTIONS.bootstrap)
  const none = [
    { latencyMs: undefined, saved: undefined },
    { latencyMs: undefined, saved: undefined },
  ]
  expect(withoutEnds.latencyAtCutOffs).toEqual(none)
  const silences = createMeetings(4)
  const late = budgetIntervals(silences, sweepThresholds(silences, { lagMs: 500 }), OPTIONS.bootstrap)
  expect(late.cutOffsAtLatency.map(({ cutOffRate }) => cutOffRate === undefined)).toEqual([true, false])
})
