import { DEFAULT_POLICY, judge, POLICIES } from '@turnwise/core'
import { describe, expect, it, test } from 'vitest'
import { createRandom } from '../metrics/random.js'
import { curveOf, cutOffsWithin, latencyWithin, paretoFront } from './curve.js'
import { scorePaced, scorePolicies, scoreSilenceOnly, scoreTables, scoreTurnEnds } from './scoreTurnEnds.js'
import { applySetting, type JudgedSilence } from './setting.js'
import { type Sweep, sweepPaced, sweepSilence, sweepTables, sweepThresholds } from './sweep.js'

const TYPICAL = { turnMs: 3000, held: 0, answered: 0 }
/** An end that nothing is known of. */
const BLANK: JudgedSilence = { meeting: 'm', kind: 'end', silenceMs: 300, turnProbability: 0.5, pace: TYPICAL }

const OPTIONS = { lagMs: 200, bootstrap: { seed: 1, resamples: 5 } }

/** Holds of 300 to 2,000 ms and ends, in four meetings, with probabilities that are mostly right. */
function createSilences(): JudgedSilence[] {
  const random = createRandom(3)
  return Array.from({ length: 300 }, (_, index) => {
    const kind = index % 5 === 0 ? 'end' : 'hold'
    const turnProbability = kind === 'end' ? 0.4 + 0.6 * random() : 0.6 * random()
    const pace = { ...TYPICAL, turnMs: kind === 'end' ? 1500 : 9000 }
    return { meeting: `m${index % 4}`, kind, silenceMs: 300 + 1700 * random(), turnProbability, pace }
  })
}

type Prepare = (silences: readonly JudgedSilence[], options: typeof OPTIONS) => Sweep

function swept(prepare: Prepare, silences: readonly JudgedSilence[]) {
  return curveOf(prepare(silences, OPTIONS), silences.length)
}

describe('the sweep', () => {
  const silences = createSilences()

  it('has the points that its settings give', () => {
    const points = swept(sweepThresholds, silences)
    expect(points.length).toBeGreaterThan(10)
    for (const { cutOffRate, latencyMs, setting } of points) {
      if ('policy' in setting) throw new Error('a threshold was expected')
      expect(setting.delayMs).toBeGreaterThanOrEqual(200)
      expect(setting.timeoutMs).toBeGreaterThanOrEqual(setting.delayMs)
      const found = applySetting(silences, setting, { lagMs: 200 })
      expect(found.cutOffRate).toBeCloseTo(cutOffRate, 12)
      expect(found.latencyMs).toBeCloseTo(latencyMs, 6)
    }
  })

  it('beats silence alone where the probabilities know something', () => {
    const [ours, silence] = [swept(sweepThresholds, silences), swept(sweepSilence, silences)]
    for (const budget of [0.05, 0.1]) {
      const [mine, its] = [latencyWithin(ours, budget), latencyWithin(silence, budget)]
      expect(mine?.latencyMs).toBeLessThan(its?.latencyMs ?? 0)
      expect(mine?.cutOffRate).toBeLessThanOrEqual(budget)
    }
    expect(cutOffsWithin(ours, 300)?.cutOffRate).toBeLessThan(cutOffsWithin(silence, 300)?.cutOffRate ?? 0)
  })

  it('knows no more than silence alone where all probabilities are equal, and takes longer steps', () => {
    const same = silences.map((silence) => ({ ...silence, turnProbability: 0.5 }))
    const silence = latencyWithin(swept(sweepSilence, same), 0.1)?.latencyMs ?? 0
    expect(latencyWithin(swept(sweepThresholds, same), 0.1)?.latencyMs).toBe(50 * Math.ceil(silence / 50))
  })

  it('takes the same steps for short and for long silences', () => {
    const holdOf = (silenceMs: number) => [{ ...BLANK, kind: 'hold' as const, silenceMs }, BLANK]
    const shortest = (points: ReturnType<typeof swept>) => latencyWithin(points, 0)?.latencyMs
    for (const hold of [1231, 4031]) {
      expect(shortest(swept(sweepSilence, holdOf(hold)))).toBe(hold + 9)
      expect(shortest(swept(sweepThresholds, holdOf(hold)))).toBe(hold + 19)
    }
  })

  it('says so where no setting keeps a budget', () => {
    expect(cutOffsWithin(swept(sweepThresholds, silences), 100)).toBeUndefined()
  })
})

describe('the sweep with the pace', () => {
  const silences = createSilences()

  it('has the points that its settings give, and knows more than the one without', () => {
    const points = swept(sweepPaced, silences)
    for (const point of points) {
      expect(point.setting).toMatchObject({ paceOf: DEFAULT_POLICY })
      expect(applySetting(silences, point.setting, { lagMs: 200 })).toEqual(point)
    }
    for (const budget of [0.02, 0.05]) {
      const [paced, plain] = [points, swept(sweepThresholds, silences)].map((each) => latencyWithin(each, budget))
      expect(paced?.latencyMs).toBeLessThan(plain?.latencyMs ?? 0)
    }
    const { name, system } = scorePaced({ name: 'x', kind: 'model' }, silences, OPTIONS)
    expect([name, system?.name]).toEqual(["x, with the call's pace", 'x'])
  })

  it('is the one without where every pace is the typical one', () => {
    const same = silences.map((silence) => ({ ...silence, pace: TYPICAL }))
    const figures = (points: ReturnType<typeof swept>) => points.map(({ cutOffRate }) => cutOffRate)
    expect(figures(swept(sweepPaced, same))).toEqual(figures(swept(sweepThresholds, same)))
  })
})

test.each([sweepSilence, sweepThresholds, sweepPaced, sweepTables])(
  '%o counts each silence as often as it is drawn',
  (prepare) => {
    const silences = createSilences()
    const drawn = Int32Array.from({ length: 400 }, (_, index) => index ** 2 % 290)
    const again = [...drawn].flatMap((index) => silences.slice(index, index + 1))
    let settings = 0
    prepare(silences, OPTIONS)(drawn, (cutOffRate, latencyMs, setting) => {
      settings += 1
      if (settings % 97 !== 1) return
      const found = applySetting(again, setting, OPTIONS)
      expect(found.cutOffRate).toBeCloseTo(cutOffRate, 12)
      expect(found.latencyMs).toBeCloseTo(latencyMs, 6)
    })
    expect(settings).toBeGreaterThan(500)
  },
)

test('a point that another beats is left out', () => {
  const points = [
    { cutOffRate: 0.1, latencyMs: 500 },
    { cutOffRate: 0.1, latencyMs: 600 },
    { cutOffRate: 0.2, latencyMs: 500 },
    { cutOffRate: 0.3, latencyMs: 100 },
  ]
  expect(paretoFront(points)).toEqual([points[0], points[3]])
})

test('results hold budgets, cross-fitted figures and the area under the curve', () => {
  const silences = createSilences()
  const result = scoreTurnEnds({ name: 'x', kind: 'model' }, silences, OPTIONS)
  expect(result.areaUnderCurve).toBeGreaterThan(0.9)
  expect(result.cutOffsAtLatency.map(({ budget }) => budget)).toEqual([300, 600])
  const [five] = result.latencyAtCutOffs
  expect(five?.budget).toBe(0.05)
  expect(five?.crossFitted?.latencyMs).toBeGreaterThan(0)
  const baseline = scoreSilenceOnly(silences, OPTIONS)
  expect(baseline).toMatchObject({ name: 'silence only', system: null, areaUnderCurve: null })
})

test.each<[string, (silence: JudgedSilence) => string]>([
  ['one meeting, which has no other half', () => 'm'],
  ['a half without ends', ({ kind, meeting }) => (kind === 'end' ? 'm1' : meeting)],
  ['a half without holds', ({ kind, meeting }) => (kind === 'hold' ? 'm1' : meeting)],
])('nothing is cross-fitted of %s', (_, meetingOf) => {
  const silences = createSilences().map((silence) => ({ ...silence, meeting: meetingOf(silence) }))
  const result = scoreTurnEnds({ name: 'x', kind: 'model' }, silences, OPTIONS)
  for (const { latencyAtCutOffs, cutOffsAtLatency } of [result, scoreSilenceOnly(silences, OPTIONS)]) {
    for (const { crossFitted } of [...latencyAtCutOffs, ...cutOffsAtLatency]) expect(crossFitted).toBeNull()
  }
})

describe('the waiting tables of the policies', () => {
  const silences = createSilences()
  const system = { name: 'x', kind: 'model' } as const
  const settingOf = (scale: number) => ({ policy: 'balanced', scale }) as const

  it('are what a session waits, and never less than words take to be there', () => {
    const policy = POLICIES.balanced
    const pace = { turnMs: 9000, held: 3, answered: 1 }
    const situation = { agentSpeaking: false, interruption: 0, text: 'so', pace, expect: undefined, wasStopped: false }
    for (const completion of [0, 0.31, 0.5, 0.97]) {
      const end = { meeting: 'm', kind: 'end' as const, silenceMs: 900, turnProbability: completion, pace }
      const { waitMs } = judge(policy, { ...situation, completion, lastAction: undefined })
      expect(applySetting([end], settingOf(1), { lagMs: 200 }).latencyMs).toBe(waitMs)
      expect(applySetting([end], settingOf(0.1), { lagMs: 500 }).latencyMs).toBe(500)
    }
  })

  it('cut off less the longer they are', () => {
    const points = [0.5, 1, 2, 3].map((scale) => applySetting(silences, settingOf(scale), { lagMs: 200 }))
    for (const [index, point] of points.entries()) {
      expect(point.cutOffRate).toBeLessThanOrEqual(points[index - 1]?.cutOffRate ?? 1)
      expect(point.latencyMs).toBeGreaterThan(points[index - 1]?.latencyMs ?? 0)
    }
  })

  it('are swept beside a fixed threshold, within the same budgets', () => {
    const { name, curve, latencyAtCutOffs, cutOffsAtLatency } = scoreTables(system, silences, OPTIONS)
    expect(name).toBe('x, waiting tables')
    for (const { cutOffRate, latencyMs, setting } of curve) {
      const found = applySetting(silences, setting, { lagMs: 200 })
      expect(found.cutOffRate).toBe(cutOffRate)
      expect(found.latencyMs).toBeCloseTo(latencyMs, 6)
    }
    // In steps of 0.01.
    const scales = curve.map(({ setting }) => ('scale' in setting ? Math.round(100 * setting.scale) : 0))
    expect(new Set(scales.map((scale) => scale % 2))).toEqual(new Set([0, 1]))
    for (const { budget, point, crossFitted } of latencyAtCutOffs) {
      expect(point?.cutOffRate).toBeLessThanOrEqual(budget)
      expect(point?.setting).toMatchObject({ policy: expect.any(String), scale: expect.any(Number) })
      expect(crossFitted?.latencyMs).toBeGreaterThan(0)
    }
    for (const { budget, point } of cutOffsAtLatency) expect(point?.latencyMs ?? 0).toBeLessThanOrEqual(budget)
    const [patient, balanced, eager] = scorePolicies(system, silences, OPTIONS)
    expect(patient?.cutOffRate).toBeLessThanOrEqual(balanced?.cutOffRate ?? 0)
    expect(balanced?.latencyMs).toBeGreaterThan(eager?.latencyMs ?? 0)
  })
})
