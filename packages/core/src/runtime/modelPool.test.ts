import { expect, test } from 'vitest'
import type { LanguageModel } from '../model.js'
import { createFakeModel } from '../testing/fakeModel.js'
import { createModelPool } from './modelPool.js'

/** A pool of two, and what one model alone would answer. */
function setUp() {
  const copies = [createFakeModel(), createFakeModel()] as const
  return { copies, pool: createModelPool(copies), alone: createFakeModel() }
}

async function logitsOf(model: LanguageModel, prompts: readonly (readonly number[])[]) {
  const answers = await model.run(prompts.map((tokens) => ({ tokens })))
  return answers.map(({ logits }) => logits)
}

test('answers stand in the order of the requests, whichever copy gave them', async () => {
  const { copies, pool, alone } = setUp()
  const prompts = [[1], [2, 3], [4], [5, 6, 7], [8]]
  expect(await logitsOf(pool, prompts)).toEqual(await logitsOf(alone, prompts))
  expect(copies.map(({ batchSizes }) => batchSizes)).toEqual([[2], [3]])
})

test('a conversation stays with the copy that keeps its state', async () => {
  const { copies, pool } = setUp()
  const starts = await Promise.all([1, 2, 3, 4].map((token) => pool.run([{ tokens: [token, token], keepTokens: 2 }])))
  expect(copies.map(({ openStates }) => openStates)).toEqual([2, 2])
  for (const [answer] of starts) {
    if (answer?.state === undefined) throw new Error('no state')
    await pool.run([{ tokens: [9], prefix: { state: answer.state, tokenCount: 2 } }])
    answer.state.release()
  }
  expect(copies.map(({ openStates, tokensRun }) => [openStates, tokensRun])).toEqual([
    [0, 6],
    [0, 6],
  ])
})

test('conversations that begin in quiet moments are shared out too', async () => {
  const { copies, pool } = setUp()
  for (const token of [1, 2, 3, 4]) await pool.run([{ tokens: [token], keepTokens: 1 }])
  expect(copies.map(({ openStates }) => openStates)).toEqual([2, 2])
})

test('new work goes to the copy that is less busy', async () => {
  let finish: () => void = () => undefined
  const slow = new Promise<void>((resolve) => {
    finish = resolve
  })
  const copies = [createFakeModel(), createFakeModel()] as const
  const busy: LanguageModel = { ...copies[0], run: (requests) => slow.then(() => copies[0].run(requests)) }
  const pool = createModelPool([copies[1], busy])
  const first = pool.run([{ tokens: [1] }])
  for (const token of [2, 3, 4]) await pool.run([{ tokens: [token] }])
  expect(copies.map(({ tokensRun }) => tokensRun)).toEqual([0, 3])
  finish()
  await first
})

test('if one copy fails the others leave no state behind', async () => {
  const { copies, pool } = setUp()
  const requests = [
    { tokens: [1], keepTokens: 1 },
    { tokens: [], keepTokens: 0 },
  ]
  await expect(pool.run(requests)).rejects.toMatchObject({ code: 'MODEL_FAILED' })
  expect(copies.map(({ openStates }) => openStates)).toEqual([0, 0])
})

test('closing closes all', async () => {
  const { copies, pool } = setUp()
  await pool.close()
  expect(copies.map(({ isClosed }) => isClosed)).toEqual([true, true])
})
