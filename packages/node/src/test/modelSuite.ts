import { createPrefixCache, type LanguageModel } from '@turnwise/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'

/** A prompt and its logits. */
export interface KnownRow {
  readonly tokenIds: readonly number[]
  readonly logits: readonly number[]
}

/** A model that is tested. */
export interface SuiteModel {
  /** Closed at the end of each test. */
  open(): Promise<LanguageModel>
  /** What is known of it: two rows or more. */
  rows(): Promise<readonly KnownRow[]> | readonly KnownRow[]
  /** How far its logits may be from those that are known. */
  readonly tolerance: number
  /** How far those with a prefix may be from those without. */
  readonly cacheTolerance: number
}

/** Fails unless both are as many logits, which differ by less than the tolerance. */
export function expectClose(
  found: readonly number[] | undefined,
  expected: readonly number[] | undefined,
  tolerance: number,
): void {
  expect(found).toHaveLength(expected?.length ?? Number.NaN)
  for (const [index, value] of (expected ?? []).entries()) {
    expect(Math.abs((found?.[index] ?? Number.NaN) - value)).toBeLessThan(tolerance)
  }
}

/** The logits of a whole prompt. */
export async function fullLogits(model: LanguageModel, tokens: readonly number[]) {
  const [answer] = await model.run([{ tokens }])
  return answer?.logits
}

/** What every model of every runtime has to do. */
export function testModel({ open, rows, tolerance, cacheTolerance }: SuiteModel): void {
  test('answers a batch of rows of different lengths as it answers each', async () => {
    const model = await open()
    const known = await rows()
    const answers = await model.run(known.map(({ tokenIds }) => ({ tokens: tokenIds })))
    for (const [index, { logits }] of known.entries()) expectClose(answers[index]?.logits, logits, tolerance)
  })

  test('answers with any prefix as it answers without', async () => {
    const model = await open()
    const row = fc.constantFrom(...(await rows()).map(({ tokenIds }) => tokenIds))
    const edit = fc.record({ row, keep: fc.nat(60), add: fc.array(fc.integer({ min: 3, max: 300 }), { maxLength: 8 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 2, maxLength: 8 }), async (edits) => {
        const cache = createPrefixCache(model, 3)
        for (const { row, keep, add } of edits) {
          const prompt = [...row.slice(0, keep), ...add, ...row.slice(-3)]
          const { logits } = await cache.answer(prompt)
          expectClose(logits, await fullLogits(model, prompt), cacheTolerance)
        }
        cache.clear()
      }),
      { numRuns: 30, seed: 1 },
    )
  })

  test('answers a mixture of requests in their order', async () => {
    const model = await open()
    const [first = [], second = []] = (await rows()).map(({ tokenIds }) => tokenIds)
    const [kept] = await model.run([{ tokens: first, keepTokens: 5 }])
    const state = kept?.state
    if (state === undefined) throw new Error('no state')
    expect(state.tokenCount).toBe(5)
    expect(state.sizeBytes).toBeGreaterThan(0)
    const answers = await model.run([
      { tokens: second },
      { tokens: first.slice(4), prefix: { state, tokenCount: 4 } },
      { tokens: first },
      { tokens: first, keepTokens: first.length },
    ])
    expectClose(answers[0]?.logits, await fullLogits(model, second), cacheTolerance)
    for (const answer of answers.slice(1)) expectClose(answer.logits, kept?.logits, cacheTolerance)
    expect(answers.map((answer) => answer.state?.tokenCount)).toEqual([undefined, undefined, undefined, first.length])
  })

  test('serves a state that is released after the request, and no request after the release', async () => {
    const model = await open()
    const [kept] = await model.run([{ tokens: [5, 6, 7], keepTokens: 2 }])
    const state = kept?.state
    if (state === undefined) throw new Error('no state')
    const prefix = { state, tokenCount: 2 }
    const waiting = model.run([{ tokens: [7], prefix }])
    state.release()
    state.release()
    expectClose((await waiting)[0]?.logits, kept?.logits, cacheTolerance)
    await expect(model.run([{ tokens: [7], prefix }])).rejects.toMatchObject({ code: 'MODEL_FAILED' })
  })

  test('says so when it fails, and goes on', async () => {
    const model = await open()
    await expect(model.run([{ tokens: [1_000_000] }])).rejects.toMatchObject({ code: 'MODEL_FAILED' })
    expect(await fullLogits(model, [5])).toEqual(expect.arrayContaining([expect.any(Number)]))
  })
}
