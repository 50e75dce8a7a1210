import { expect, test } from 'vitest'
import type { Graph } from './graph.js'
import type { GraphRow } from './graphMessages.js'
import { createGraphModel, type GraphModelOptions } from './graphModel.js'
import type { ModelRun } from './modelObserver.js'

const STATE_BYTES = 100
const OPTIONS: GraphModelOptions = { maxCacheBytes: 10 * STATE_BYTES, maxQueuedRequests: 10 }

/** A graph that takes a while, and fails of token 0. */
const GRAPH: Graph = {
  sharing: 'padded',
  async run(rows) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (rows.some(({ tokens }) => tokens.includes(0))) throw new RangeError('token 0')
    return rows.map(({ keep }) => ({ logits: [0, 0, 0, 0], stateBytes: keep === undefined ? 0 : STATE_BYTES }))
  },
  release: () => undefined,
  close: async () => undefined,
}

function setUp(options: Partial<GraphModelOptions> = {}, graph = GRAPH) {
  const runs: ModelRun[] = []
  let cacheBytes = 0
  const observer = {
    onRun: (run: ModelRun) => void runs.push(run),
    onCacheChange: (bytes: number) => {
      cacheBytes += bytes
    },
  }
  const model = createGraphModel(graph, { ...OPTIONS, observer, ...options })
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
  const model = createGraphModel(GRAPH, OPTIONS)
  const { now } = performance
  performance.now = () => {
    throw new Error('the clock was read')
  }
  try {
    expect(await model.run([{ tokens: [1] }])).toEqual([{ logits: [0, 0, 0, 0], tokensRun: 1 }])
  } finally {
    performance.now = now
  }
})

/** Packs rows, and refuses pasts that are not there: found when a run begins, as a graph has to. */
function createPackedGraph() {
  const states = new Map<number, number>()
  const runs: GraphRow[][] = []
  const graph: Graph = {
    ...GRAPH,
    sharing: 'packed',
    run(rows) {
      runs.push([...rows])
      for (const { past } of rows) {
        if (past !== undefined && (states.get(past.id) ?? 0) < past.tokenCount) throw new Error('no such state')
      }
      for (const { keep } of rows) if (keep !== undefined) states.set(keep.id, keep.tokenCount)
      return GRAPH.run(rows)
    },
    release: (id) => void states.delete(id),
  }
  return { graph, runs, states }
}

test('conversations and whole prompts share a run, each row with its own past', async () => {
  const { graph, runs } = createPackedGraph()
  const { model, runs: observed } = setUp({}, graph)
  const [first] = await model.run([{ tokens: [1, 2, 3, 4], keepTokens: 3 }])
  if (first?.state === undefined) throw new Error('no state')
  const prefix = { state: first.state, tokenCount: 2 }
  const answers = await Promise.all([
    model.run([{ tokens: [9, 9], prefix, keepTokens: 3 }]),
    model.run([{ tokens: [1, 2, 3, 5], keepTokens: 2 }]),
    model.run([{ tokens: [1, 2, 3, 6] }]),
    model.run([{ tokens: [8], keepTokens: 1 }]),
  ])
  expect(runs.slice(1)).toEqual([
    [
      { tokens: [9, 9], past: { id: 1, tokenCount: 2 }, keep: { id: 2, tokenCount: 3 } },
      { tokens: [5], past: { id: 1, tokenCount: 3 }, keep: { id: 3, tokenCount: 2 } },
      { tokens: [1, 2, 3, 6], past: undefined },
      { tokens: [8], past: undefined, keep: { id: 4, tokenCount: 1 } },
    ],
  ])
  expect(answers.map(([answer]) => answer?.state?.tokenCount)).toEqual([3, 2, undefined, 1])
  expect(observed.at(-1)).toMatchObject({ tokensRun: 8, tokensReused: 5 })
})

test('a state that is released before a run, or during it, is no loss', async () => {
  const { graph, runs, states } = createPackedGraph()
  const { model } = setUp({}, graph)
  const [first] = await model.run([{ tokens: [1, 2, 3, 4], keepTokens: 3 }])
  if (first?.state === undefined) throw new Error('no state')
  const prefix = { state: first.state, tokenCount: 3 }
  const before = model.run([{ tokens: [7], prefix }])
  first.state.release()
  expect(await before).toHaveLength(1)
  const [again] = await model.run([{ tokens: [1, 2, 3, 4], keepTokens: 3 }])
  const during = [5, 6].map((token) => model.run([{ tokens: [1, 2, 3, token], keepTokens: 3 }]))
  await new Promise((resolve) => setTimeout(resolve, 1))
  again?.state?.release()
  await Promise.all(during)
  expect(runs.map((rows) => rows.map(({ tokens }) => tokens.length))).toEqual([[4], [4], [4], [1, 1]])
  expect(states.size).toBe(2)
})

test('states that were dropped for want of memory are computed again, in the same run as all others', async () => {
  const { graph, runs } = createPackedGraph()
  const { model } = setUp({ maxCacheBytes: 2 * STATE_BYTES }, graph)
  const starts = await model.run([1, 2, 3].map((token) => ({ tokens: [token, 7, 7, 9], keepTokens: 3 })))
  const words = starts.map(({ state }) => {
    if (state === undefined) throw new Error('no state')
    return { tokens: [8, 9], prefix: { state, tokenCount: 3 }, keepTokens: 4 }
  })
  const answers = await model.run(words)
  expect(answers.map(({ tokensRun }) => tokensRun)).toEqual([5, 2, 2])
  expect(runs.map((rows) => rows.map(({ tokens }) => tokens.length))).toEqual([
    [4, 4, 4],
    [5, 2, 2],
  ])
})
