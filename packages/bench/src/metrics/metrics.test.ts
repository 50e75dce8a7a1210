import { readFileSync } from 'node:fs'
import { ACTIONS, type Action } from '@turnwise/core'
import { describe, expect, it, test } from 'vitest'
import { areaUnderCurve } from './areaUnderCurve.js'
import { bootstrapIntervals, quantile } from './bootstrap.js'
import { expectedCalibrationError, reliabilityBins } from './calibration.js'
import { rowsByGroup } from './groups.js'
import { lengthMatched } from './lengthMatched.js'
import { minimalPairs } from './minimalPairs.js'
import { createRandom } from './random.js'
import { classScores, confusionMatrix, scoresOf } from './scores.js'

interface GoldenCase {
  readonly expected: readonly Action[]
  readonly answered: readonly Action[]
  readonly confidence: readonly number[]
  readonly lengths: readonly number[]
  readonly accuracy: number
  readonly macroF1: number
  readonly confusion: readonly (readonly number[])[]
  readonly perClass: readonly { action: Action; precision: number; recall: number; f1: number; support: number }[]
  readonly expectedCalibrationError: number
  readonly reliability: readonly { count: number; confidence: number; accuracy: number }[]
  readonly areaUnderCurve: number
  readonly lengthMatched: { readonly pairs: number; readonly accuracy: number }
}

/** Made by scripts/write_golden.py with scikit-learn. */
const golden: GoldenCase[] = JSON.parse(readFileSync(new URL('../../fixtures/metrics.json', import.meta.url), 'utf8'))

test('in one of the cases an answered class is never right', () => {
  const isForeign = ({ expected, answered }: GoldenCase) => answered.some((each) => !expected.includes(each))
  expect(golden.some(isForeign)).toBe(true)
})

describe.each(golden.map((each, index) => [index, each] as const))('case %i of scikit-learn', (_, each) => {
  const { expected, answered, confidence } = each
  const right = expected.map((value, index) => value === answered[index])
  const isFirst = expected.map((value) => value === ACTIONS[0])

  it('has its confusion, scores and scores by class', () => {
    const matrix = confusionMatrix(ACTIONS, expected, answered)
    expect(matrix).toEqual(each.confusion)
    expect(scoresOf(matrix).accuracy).toBeCloseTo(each.accuracy, 12)
    expect(scoresOf(matrix).macroF1).toBeCloseTo(each.macroF1, 12)
    for (const [place, scores] of classScores(ACTIONS, matrix).entries()) {
      const { action, ...figures } = each.perClass[place] ?? { action: undefined }
      expect(scores.class).toBe(action)
      for (const [name, value] of Object.entries(figures)) {
        expect(scores[name as 'f1' | 'precision' | 'recall' | 'support']).toBeCloseTo(value, 12)
      }
    }
  })

  it('has its calibration', () => {
    const bins = reliabilityBins(confidence, right)
    expect(expectedCalibrationError(bins)).toBeCloseTo(each.expectedCalibrationError, 12)
    expect(bins.map(({ count }) => count)).toEqual(each.reliability.map(({ count }) => count))
    for (const [place, bin] of bins.entries()) {
      expect(bin.confidence).toBeCloseTo(each.reliability[place]?.confidence ?? -1, 12)
      expect(bin.accuracy).toBeCloseTo(each.reliability[place]?.accuracy ?? -1, 12)
    }
  })

  it('has its area under the curve and its accuracy among pairs of equal length', () => {
    expect(areaUnderCurve(confidence, isFirst)).toBeCloseTo(each.areaUnderCurve, 12)
    const hits = expected.map((value, index) => (value === ACTIONS[0]) === (answered[index] === ACTIONS[0]))
    const found = lengthMatched(each.lengths, isFirst, hits)
    expect(found.pairs).toBeCloseTo(each.lengthMatched.pairs, 12)
    expect(found.accuracy).toBeCloseTo(each.lengthMatched.accuracy, 12)
  })
})

test('random numbers are those of the seed', () => {
  const [random, again, other] = [1, 1, 2].map(createRandom)
  const values = Array.from({ length: 1000 }, () => random?.() ?? -1)
  expect(values.map(() => again?.())).toEqual(values)
  expect(values[0]).not.toBe(other?.())
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...values)).toBeLessThan(1)
  expect(values.reduce((total, value) => total + value, 0) / 1000).toBeCloseTo(0.5, 1)
})

test('a bootstrap interval is near that of the normal approximation, and the same for the same seed', () => {
  const hits = Array.from({ length: 400 }, (_, index) => (index % 5 === 0 ? 0 : 1))
  const accuracy = (drawn: Int32Array) => ({
    accuracy: drawn.reduce((total, index) => total + (hits[index] ?? 0), 0) / drawn.length,
  })
  const alone = hits.map((_, index) => index)
  const interval = bootstrapIntervals(alone, accuracy, { seed: 7, resamples: 2000 }).accuracy
  const halfWidth = 1.96 * Math.sqrt((0.8 * 0.2) / 400)
  expect(interval[0]).toBeCloseTo(0.8 - halfWidth, 2)
  expect(interval[1]).toBeCloseTo(0.8 + halfWidth, 2)
  expect(bootstrapIntervals(alone, accuracy, { seed: 7, resamples: 2000 }).accuracy).toEqual(interval)
})

test('rows that say the same ten times over count once: their interval is that of so many fewer', () => {
  const accuracy = (drawn: Int32Array) => ({
    accuracy: drawn.reduce((total, index) => total + (Math.floor(index / 10) % 5 === 0 ? 0 : 1), 0) / drawn.length,
  })
  const widthOf = (clusters: readonly number[]) => {
    const [low, high] = bootstrapIntervals(clusters, accuracy, { seed: 7, resamples: 2000 }).accuracy
    return high - low
  }
  const rows = Array.from({ length: 400 }, (_, index) => index)
  const together = widthOf(rows.map((index) => Math.floor(index / 10)))
  expect(together).toBeCloseTo(2 * 1.96 * Math.sqrt((0.8 * 0.2) / 40), 1)
  expect(together / widthOf(rows)).toBeCloseTo(Math.sqrt(10), 0)
})

test('clusters of unequal size are drawn whole', () => {
  const sizes = new Set<number>()
  const figuresOf = (drawn: Int32Array) => {
    sizes.add(drawn.length)
    expect(drawn.filter((row) => row === 1)).toHaveLength(drawn.filter((row) => row === 3).length)
    return { size: drawn.length }
  }
  bootstrapIntervals([0, 1, 2, 1], figuresOf, { seed: 7, resamples: 200 })
  expect([...sizes].sort()).toEqual([3, 4, 5, 6])
  expect(bootstrapIntervals([], ({ length }) => ({ length }), { seed: 7, resamples: 10 })).toEqual({ length: [0, 0] })
})

test('a class that is only answered counts in macro F1, one that never occurs does not', () => {
  const matrix = confusionMatrix(['a', 'b', 'c'], ['a', 'a'], ['a', 'b'])
  expect(scoresOf(matrix)).toEqual({ accuracy: 0.5, macroF1: 2 / 3 / 2 })
})

test('quantiles lie on straight lines between the values', () => {
  expect([0, 0.5, 1].map((share) => quantile([1, 2, 4, 8], share))).toEqual([1, 3, 8])
  expect(quantile([], 0.5)).toBeNaN()
})

test('a pair is right if both of its rows are, and none if only one is there', () => {
  expect(minimalPairs(['a', 'a', 'b'], [true, true, true])).toEqual({ pairs: 1, accuracy: 1 })
  expect(minimalPairs(['a', 'a', undefined, 'b', 'b'], [true, true, false, true, false])).toEqual({
    pairs: 2,
    accuracy: 0.5,
  })
})

test('groups keep the order of their first rows', () => {
  expect([...rowsByGroup(['x', undefined, 'y', 'x'])]).toEqual([
    ['x', [0, 3]],
    ['y', [2]],
  ])
})
