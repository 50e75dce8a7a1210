import { DEFAULT_POLICY, judge, POLICIES } from '@turnwise/core'
import { describe, expect, it, test } from 'vitest'
import { createRandom } from '../metrics/random.js'
import { scoreOverlaps } from './scoreOverlaps.js'
import { scorePaced, scorePolicies, scoreSilenceOnly, scoreTables, scoreTurnEnds } from './scoreTurnEnds.js'
import { STOP_RULES, stopAtThreshold, stopByPolicy } from './stopRules.js'
import {
  applySetting,
  cutOffsWithin,
  type JudgedSilence,
  latencyWithin,
  paretoFront,
  sweep,
  sweepPaced,
  sweepSilence,
} from './sweep.js'

const TYPICAL = { turnMs: 3000, held: 0, answered: 0 }
/** An end that nothing is known of. */
const BLANK: JudgedSilence = { meeting: 'm', kind: 'end', silenceMs: 300, turnProbability: 0.5, pace: TYPICAL }

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

describe('the sweep', () => {
  const silences = createSilences()

  it('has the points that its settings give', () => {
    const points = sweep(silences, { lagMs: 200 })
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
    const [ours, silence] = [sweep(silences, { lagMs: 200 }), sweepSilence(silences)]
    for (const budget of [0.05, 0.1]) {
      const [mine, its] = [latencyWithin(ours, budget), latencyWithin(silence, budget)]
      expect(mine?.latencyMs).toBeLessThan(its?.latencyMs ?? 0)
      expect(mine?.cutOffRate).toBeLessThanOrEqual(budget)
    }
    expect(cutOffsWithin(ours, 300)?.cutOffRate).toBeLessThan(cutOffsWithin(silence, 300)?.cutOffRate ?? 0)
  })

  it('knows no more than silence alone where all probabilities are equal, and takes longer steps', () => {
    const same = silences.map((silence) => ({ ...silence, turnProbability: 0.5 }))
    const silence = latencyWithin(sweepSilence(same), 0.1)?.latencyMs ?? 0
    expect(latencyWithin(sweep(same, { lagMs: 200 }), 0.1)?.latencyMs).toBe(50 * Math.ceil(silence / 50))
  })

  it('takes the same steps for short and for long silences', () => {
    const holdOf = (silenceMs: number) => [{ ...BLANK, kind: 'hold' as const, silenceMs }, BLANK]
    const shortest = (points: ReturnType<typeof sweep>) => latencyWithin(points, 0)?.latencyMs
    for (const hold of [1231, 4031]) {
      expect(shortest(sweepSilence(holdOf(hold)))).toBe(hold + 9)
      expect(shortest(sweep(holdOf(hold), { lagMs: 200 }))).toBe(hold + 19)
    }
  })

  it('says so where no setting keeps a budget', () => {
    expect(cutOffsWithin(sweep(silences, { lagMs: 200 }), 100)).toBeUndefined()
  })
})

describe('the sweep with the pace', () => {
  const silences = createSilences()

  it('has the points that its settings give, and knows more than the one without', () => {
    const points = sweepPaced(silences, { lagMs: 200 })
    for (const point of points) {
      expect(point.setting).toMatchObject({ paceOf: DEFAULT_POLICY })
      expect(applySetting(silences, point.setting, { lagMs: 200 })).toEqual(point)
    }
    for (const budget of [0.02, 0.05]) {
      const [paced, plain] = [points, sweep(silences, { lagMs: 200 })].map((each) => latencyWithin(each, budget))
      expect(paced?.latencyMs).toBeLessThan(plain?.latencyMs ?? 0)
    }
    const { name, system } = scorePaced({ name: 'x', kind: 'model' }, silences, { lagMs: 200 })
    expect([name, system?.name]).toEqual(["x, with the call's pace", 'x'])
  })

  it('is the one without where every pace is the typical one', () => {
    const same = silences.map((silence) => ({ ...silence, pace: TYPICAL }))
    const figures = (points: ReturnType<typeof sweep>) => points.map(({ cutOffRate }) => cutOffRate)
    expect(figures(sweepPaced(same, { lagMs: 200 }))).toEqual(figures(sweep(same, { lagMs: 200 })))
  })
})

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
  const result = scoreTurnEnds({ name: 'x', kind: 'model' }, silences, { lagMs: 200 })
  expect(result.areaUnderCurve).toBeGreaterThan(0.9)
  expect(result.cutOffsAtLatency.map(({ budget }) => budget)).toEqual([300, 600])
  const [five] = result.latencyAtCutOffs
  expect(five?.budget).toBe(0.05)
  expect(five?.crossFitted?.latencyMs).toBeGreaterThan(0)
  const baseline = scoreSilenceOnly(silences.map((silence) => ({ ...silence, turnProbability: 0 })))
  expect(baseline).toMatchObject({ name: 'silence only', system: null, areaUnderCurve: null })
})

test.each<[string, (silence: JudgedSilence) => string]>([
  ['one meeting, which has no other half', () => 'm'],
  ['a half without ends', ({ kind, meeting }) => (kind === 'end' ? 'm1' : meeting)],
  ['a half without holds', ({ kind, meeting }) => (kind === 'hold' ? 'm1' : meeting)],
])('nothing is cross-fitted of %s', (_, meetingOf) => {
  const silences = createSilences().map((silence) => ({ ...silence, meeting: meetingOf(silence) }))
  const result = scoreTurnEnds({ name: 'x', kind: 'model' }, silences, { lagMs: 200 })
  for (const { latencyAtCutOffs, cutOffsAtLatency } of [result, scoreSilenceOnly(silences)]) {
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
    const { name, curve, latencyAtCutOffs, cutOffsAtLatency } = scoreTables(system, silences, { lagMs: 200 })
    expect(name).toBe('x, waiting tables')
    for (const point of curve) expect(applySetting(silences, point.setting, { lagMs: 200 })).toEqual(point)
    // In steps of 0.01.
    const scales = curve.map(({ setting }) => ('scale' in setting ? Math.round(100 * setting.scale) : 0))
    expect(new Set(scales.map((scale) => scale % 2))).toEqual(new Set([0, 1]))
    for (const { budget, point, crossFitted } of latencyAtCutOffs) {
      expect(point?.cutOffRate).toBeLessThanOrEqual(budget)
      expect(point?.setting).toMatchObject({ policy: expect.any(String), scale: expect.any(Number) })
      expect(crossFitted?.latencyMs).toBeGreaterThan(0)
    }
    for (const { budget, point } of cutOffsAtLatency) expect(point?.latencyMs ?? 0).toBeLessThanOrEqual(budget)
    const [patient, balanced, eager] = scorePolicies(system, silences, { lagMs: 200 })
    expect(patient?.cutOffRate).toBeLessThanOrEqual(balanced?.cutOffRate ?? 0)
    expect(balanced?.latencyMs).toBeGreaterThan(eager?.latencyMs ?? 0)
  })
})

describe('stopping the agent', () => {
  const step = (text: string, turnProbability: number) => {
    const words = text.split(' ').length
    return { text, words, heardMs: 300 * words, turnProbability }
  }
  const overlaps = [
    { kind: 'backchannel', steps: [step('yeah', 0.2)] },
    { kind: 'backchannel', steps: [step('oh', 0.6), step('oh wow', 0.3)] },
    { kind: 'interruption', steps: [step('no', 0.4), step('no wait', 0.9)] },
    { kind: 'interruption', steps: [step('yeah', 0.1), step('yeah but', 0.2)] },
  ] as const

  it('by rules', () => {
    expect(scoreOverlaps(overlaps, STOP_RULES['any word stops it'])).toEqual({
      backchannelsStopped: 1,
      interruptionsMissed: 0,
      wordsUntilStop: 1,
      msUntilStop: 300,
    })
    expect(scoreOverlaps(overlaps, STOP_RULES['two words stop it'])).toMatchObject({
      backchannelsStopped: 0.5,
      wordsUntilStop: 2,
    })
    expect(scoreOverlaps(overlaps, STOP_RULES['three words stop it'])).toEqual({
      backchannelsStopped: 0,
      interruptionsMissed: 1,
      wordsUntilStop: null,
      msUntilStop: null,
    })
    const listed = STOP_RULES['any word but of a list of acknowledgements stops it']
    expect(scoreOverlaps(overlaps, listed)).toMatchObject({
      backchannelsStopped: 0,
      interruptionsMissed: 0,
      wordsUntilStop: 2,
    })
  })

  it('of which there is none has no share', () => {
    const none = { backchannelsStopped: null, interruptionsMissed: null, wordsUntilStop: null, msUntilStop: null }
    expect(scoreOverlaps([], STOP_RULES['any word stops it'])).toEqual(none)
  })

  it('by probabilities', () => {
    expect(scoreOverlaps(overlaps, stopAtThreshold(0.5))).toEqual({
      backchannelsStopped: 0.5,
      interruptionsMissed: 0.5,
      wordsUntilStop: 2,
      msUntilStop: 600,
    })
  })

  it('as a session would: one probable word is let pass', () => {
    const stop = stopByPolicy({ ...POLICIES.balanced, freeWords: 1, interruptFrom: 0.5, confidentFrom: 0.7 })
    expect(scoreOverlaps(overlaps, stop)).toMatchObject({ backchannelsStopped: 0, interruptionsMissed: 0.5 })
  })
})
