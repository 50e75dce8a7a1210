import { POLICIES } from '@turnwise/core'
import { describe, expect, it } from 'vitest'
import { overlapIntervals, scoreOverlaps } from './scoreOverlaps.js'
import { STOP_RULES, stopAtThreshold, stopByPolicy } from './stopRules.js'

describe('stopping the agent', () => {
  const step = (text: string, turnProbability: number) => {
    const words = text.split(' ').length
    return { text, words, heardMs: 300 * words, turnProbability }
  }
  const overlaps = [
    { meeting: 'm', kind: 'backchannel', steps: [step('yeah', 0.2)] },
    { meeting: 'm', kind: 'backchannel', steps: [step('oh', 0.6), step('oh wow', 0.3)] },
    { meeting: 'm', kind: 'interruption', steps: [step('no', 0.4), step('no wait', 0.9)] },
    { meeting: 'm', kind: 'interruption', steps: [step('yeah', 0.1), step('yeah but', 0.2)] },
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

  it('with intervals by meeting, none of what some drawing has none of', () => {
    const bootstrap = { seed: 1, resamples: 1000 }
    const rule = STOP_RULES['two words stop it']
    const overlapsOf = (texts: readonly [string, string]) => {
      return Array.from({ length: 400 }, (_, index) => {
        const meeting = `m${Math.floor(index / 10)}`
        const kind = index % 2 === 0 ? ('backchannel' as const) : ('interruption' as const)
        return { meeting, kind, steps: [step(texts[Math.floor(index / 10) % 2] ?? '', 0)] }
      })
    }
    const halfWidth = 1.96 * Math.sqrt((0.5 * 0.5) / 40)
    const { backchannelsStopped, interruptionsMissed } = overlapIntervals(
      overlapsOf(['yeah', 'oh wow']),
      rule,
      bootstrap,
    )
    for (const [low, high] of [backchannelsStopped ?? [0, 0], interruptionsMissed ?? [0, 0]]) {
      expect(low).toBeCloseTo(0.5 - halfWidth, 1)
      expect(high).toBeCloseTo(0.5 + halfWidth, 1)
    }
    expect(overlapIntervals(overlapsOf(['oh wow', 'no wait']), rule, bootstrap)).toEqual({
      backchannelsStopped: [1, 1],
      interruptionsMissed: [0, 0],
    })
    const [first] = overlaps
    expect(overlapIntervals([first], rule, bootstrap)).toEqual({ backchannelsStopped: [0, 0] })
    const apart = overlaps.map((overlap) => ({ ...overlap, meeting: overlap.kind }))
    expect(overlapIntervals(apart, rule, bootstrap)).toEqual({})
    expect(overlapIntervals([], rule, bootstrap)).toEqual({})
  })
})
