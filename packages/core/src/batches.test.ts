import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planBatches } from './batches.js'

test('groups rows of like length', () => {
  expect(planBatches([9, 2, 8, 3], { maxBatchSize: 2, maxBatchTokens: 100 })).toEqual([
    [1, 3],
    [2, 0],
  ])
  expect(planBatches([9, 2, 8, 3], { maxBatchSize: 8, maxBatchTokens: 10 })).toEqual([[1, 3], [2], [0]])
  expect(planBatches([], { maxBatchSize: 8, maxBatchTokens: 10 })).toEqual([])
})

test('every row is in one batch, and no batch is too large', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 40 })
  const limits = fc.record({
    maxBatchSize: fc.integer({ min: 1, max: 8 }),
    maxBatchTokens: fc.integer({ min: 1, max: 99 }),
  })
  fc.assert(
    fc.property(lengths, limits, (rows, { maxBatchSize, maxBatchTokens }) => {
      const batches = planBatches(rows, { maxBatchSize, maxBatchTokens })
      expect(batches.flat().sort((a, b) => a - b)).toEqual(rows.map((_, index) => index))
      for (const batch of batches) {
        const longest = Math.max(...batch.map((index) => rows[index] ?? 0))
        expect(batch.length).toBeLessThanOrEqual(maxBatchSize)
        if (batch.length > 1) expect(batch.length * longest).toBeLessThanOrEqual(maxBatchTokens)
      }
    }),
  )
})
