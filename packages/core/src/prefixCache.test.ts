import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LanguageModel } from './model.js'
import { createPrefixCache } from './prefixCache.js'
import { createFakeModel } from './testing/fakeModel.js'

const TRIGGER = [101, 102, 103]

test('runs the changed suffix and the trigger, and nothing more', async () => {
  const model = createFakeModel()
  const cache = createPrefixCache(model, TRIGGER.length)
  const run = async (...tokens: number[]) => (await cache.answer([...tokens, ...TRIGGER])).tokensRun
  expect(await run(1, 2, 3, 4)).toBe(7)
  expect(await run(1, 2, 3, 4, 5)).toBe(4)
  expect(await run(1, 2, 3, 4, 5)).toBe(3)
  expect(await run(1, 2, 9)).toBe(4)
  expect(await run(1, 2)).toBe(3)
  expect(await run(1, 2, 9, 8)).toBe(4)
  expect(await run(7)).toBe(4)
})

test('tells what the model has run, more or less than it was asked for', async () => {
  const fake = createFakeModel()
  const run: LanguageModel['run'] = async (requests) =>
    (await fake.run(requests)).map((answer) => ({ ...answer, tokensRun: 42 }))
  const cache = createPrefixCache({ ...fake, run }, TRIGGER.length)
  expect((await cache.answer([1, ...TRIGGER])).tokensRun).toBe(42)
})

test('any prompts get the answers of full runs, and one state is held at most', async () => {
  const prompts = fc.array(fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 12 }), { minLength: 1, maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(prompts, async (bodies) => {
      const model = createFakeModel()
      const full = createFakeModel()
      const cache = createPrefixCache(model, TRIGGER.length)
      for (const body of bodies) {
        const prompt = [...body, ...TRIGGER]
        const answer = await cache.answer(prompt)
        const [expected] = await full.run([{ tokens: prompt }])
        expect(answer.logits).toEqual(expected?.logits)
        expect(model.openStates).toBeLessThanOrEqual(1)
      }
      cache.clear()
      expect(model.openStates).toBe(0)
    }),
  )
})

test('stays as it was when the model fails', async () => {
  let isBroken = false
  const model = createFakeModel({ logits: () => (isBroken ? [Number.NaN, 0, 0, 0] : [1, 0, 0, 0]) })
  const cache = createPrefixCache(model, TRIGGER.length)
  await cache.answer([1, 2, 3, ...TRIGGER])
  isBroken = true
  await expect(cache.answer([1, 2, 3, 4, ...TRIGGER])).rejects.toMatchObject({ code: 'MODEL_FAILED' })
  expect(model.openStates).toBe(1)
  isBroken = false
  expect((await cache.answer([1, 2, 3, 5, ...TRIGGER])).tokensRun).toBe(4)
})
