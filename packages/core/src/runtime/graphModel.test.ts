import { expect, test } from 'vitest'
import { FAKE_MANIFEST } from '../testing/fakeTokenizer.js'
import type { Graph } from './graph.js'
import { createGraphModel, type GraphModelOptions } from './graphModel.js'
import type { ModelRun } from './modelObserver.js'

const STATE_BYTES = 100
const OPTIONS: GraphModelOptions = { maxCacheBytes: 10 * STATE_BYTES, maxQueuedRequests: 10 }

/** A graph that takes a while, and fails of token 0. */
const GRAPH: Graph = {
  async run({ rows, keepAs }) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (rows.flat().includes(0)) throw new RangeError('token 0')
    return { logits: rows.map(() => [0, 0, 0, 0]), stateBytes: keepAs === undefined ? 0 : STATE_BYTES }
  },
  release: () => undefined,
  close: async () => undefined,
}

function setUp(options: Partial<GraphModelOptions> = {}) {
  const runs: ModelRun[] = []
  let cacheBytes = 0
  const observer = {
    onRun: (run: ModelRun) => void runs.push(run),
    onCacheChange: (bytes: number) => {
      cacheBytes += bytes
    },
  }
  const model = createGraphModel(GRAPH, FAKE_MANIFEST, { ...OPTIONS, observer, ...options })
  return { model, runs, cacheBytes: () => cacheBytes }
}

test('an observer is told of each run what it cost and how long its rows waited', async () => {
  const { model, runs } = setUp()
  const first = model.run([{ tokens: [1, 2, 3] }, { tokens: [4, 5] }])
  await first
  const alone = model.run([{ tokens: [1, 2, 3, 4], keepTokens: 3 }])
  const later = model.run([{ tokens: [6] }])
  await Promise.all([alone, later])
  expect(runs.map(({ waitedMs, tokensRun, tokensReused }) => [waitedMs.length, tokensRun, tokensReused])).toEqual([
    [2, 5, 0],
    [1, 4, 0],
    [1, 1, 0],
  ])
  for (const { ranMs } of runs) expect(ranMs).toBeGreaterThan(4)
  // Asked at the same moment: the later one has waited for the run of the other as well.
  const [, soon, late] = runs.map(({ waitedMs }) => waitedMs[0] ?? Number.NaN)
  expect(late).toBeGreaterThan(4)
  expect(soon).toBeLessThan(late ?? 0)
})

test('an observer is told what was reused, whosever state it was', async () => {
  const { model, runs } = setUp()
  await model.run([{ tokens: [1, 2, 3, 4], keepTokens: 3 }])
  await model.run([{ tokens: [1, 2, 9], keepTokens: 3 }])
  expect(runs.map(({ tokensRun, tokensReused }) => [tokensRun, tokensReused])).toEqual([
    [4, 0],
    [1, 2],
  ])
})

test('an observer knows what the states need: kept, dropped for want of memory, and released', async () => {
  const { model, cacheBytes } = setUp({ maxCacheBytes: 2 * STATE_BYTES })
  const states = []
  const expected = [1, 2, 2]
  for (const [index, count] of expected.entries()) {
    const [answer] = await model.run([{ tokens: [index + 1, 9], keepTokens: 1 }])
    states.push(answer?.state)
    expect(cacheBytes()).toBe(count * STATE_BYTES)
  }
  for (const state of states) state?.release()
  expect(cacheBytes()).toBe(0)
})

test('a run that fails is none to observe', async () => {
  const { model, runs } = setUp()
  await expect(model.run([{ tokens: [0] }])).rejects.toThrow('token 0')
  expect(runs).toEqual([])
})

test('without an observer nothing is measured', async () => {
  const model = createGraphModel(GRAPH, FAKE_MANIFEST, OPTIONS)
  const { now } = performance
  performance.now = () => {
    throw new Error('the clock was read')
  }
  try {
    expect(await model.run([{ tokens: [1] }])).toEqual([{ logits: [0, 0, 0, 0] }])
  } finally {
    performance.now = now
  }
})
