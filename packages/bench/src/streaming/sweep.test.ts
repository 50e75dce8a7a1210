import { DEFAULT_POLICY, POLICIES } from '@turnwise/core'
import { describe, expect, it, test } from 'vitest'
import { createRandom } from '../metrics/random.js'
import { scoreOverlaps } from './scoreOverlaps.js'
import { scorePolicies, scoreSilenceOnly, scoreTurnEnds } from './scoreTurnEnds.js'
import { STOP_RULES, stopAtThreshold, stopByPolicy } from './stopRules.js'
import {
  applySetting,
  cutOffsWithin,
  type JudgedSilence,
  latencyWithin,
  paretoFront,
  sweep,
  sweepSilence,
} from './sweep.js'

/** Holds of 300 to 2,000 ms and ends, in four meetings, with probabilities that are mostly right. */
function createSilences(): JudgedSilence[] {
  const random = createRandom(3)
  return Array.from({ length: 300 }, (_, index) => {
    const kind = index % 5 === 0 ? 'end' : 'hold'
    const turnProbability = kind === 'end' ? 0.4 + 0.6 * random() : 0.6 * random()
    return { meeting: `m${index % 4}`, kind, silenceMs: 300 + 1700 * random(), turnProbability }
  })
}

describe('the sweep', () => {
  const silences = createSilences()

  it('has the points that its settings give', () => {
    const points = sweep(silences, { lagMs: 200 })
    expect(points.length).toBeGreaterThan(10)
    for (const { cutOffRate, latencyMs, setting } of points) {
      expect(setting.delayMs).toBeGreaterThanOrEqual(200)
      expect(setting.timeoutMs).toBeGreaterThanOrEqual(setting.delayMs)
      const found = applySetting(silences, setting)
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

  it('knows no more than silence alone where all probabilities are equal', () => {
    const same = silences.map((silence) => ({ ...silence, turnProbability: 0.5 }))
    const silence = latencyWithin(sweepSilence(same), 0.1)?.latencyMs ?? 0
    expect(latencyWithin(sweep(same, { lagMs: 200 }), 0.1)?.latencyMs).toBe(silence)
  })

  it('says so where no setting keeps a budget', () => {
    expect(cutOffsWithin(sweep(silences, { lagMs: 200 }), 100)).toBeUndefined()
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
  const result = scoreTurnEnds({ name: 'x', kind: 'model' }, silences, 200)
  expect(result.areaUnderCurve).toBeGreaterThan(0.9)
  expect(result.cutOffsAtLatency.map(({ budget }) => budget)).toEqual([300, 600])
  const [five] = result.latencyAtCutOffs
  expect(five?.budget).toBe(0.05)
  expect(five?.crossFitted?.latencyMs).toBeGreaterThan(0)
  const baseline = scoreSilenceOnly(silences.map((silence) => ({ ...silence, turnProbability: 0 })))
  expect(baseline).toMatchObject({ name: 'silence only', system: null, areaUnderCurve: null })
  // One meeting has no other half.
  const alone = scoreTurnEnds(
    { name: 'x', kind: 'model' },
    silences.map((each) => ({ ...each, meeting: 'm' })),
    200,
  )
  expect(alone.latencyAtCutOffs[0]?.crossFitted).toBeNull()
})

test('a longer waiting table cuts off less', () => {
  const points = scorePolicies({ name: 'x', kind: 'model' }, createSilences(), 200)
  const balanced = points.filter(({ policy }) => policy === 'balanced')
  for (const [index, point] of balanced.entries()) {
    expect(point.cutOffRate).toBeLessThanOrEqual(balanced[index - 1]?.cutOffRate ?? 1)
    expect(point.latencyMs).toBeGreaterThanOrEqual(balanced[index - 1]?.latencyMs ?? 0)
  }
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

  it('by probabilities', () => {
    expect(scoreOverlaps(overlaps, stopAtThreshold(0.5))).toEqual({
      backchannelsStopped: 0.5,
      interruptionsMissed: 0.5,
      wordsUntilStop: 2,
      msUntilStop: 600,
    })
  })

  it('as a session would: one probable word is let pass', () => {
    expect(POLICIES[DEFAULT_POLICY].freeWords).toBe(1)
    const stop = stopByPolicy(POLICIES[DEFAULT_POLICY])
    expect(scoreOverlaps(overlaps, stop)).toMatchObject({ backchannelsStopped: 0, interruptionsMissed: 0.5 })
  })
})
