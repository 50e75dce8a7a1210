import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createDetector, TurnwiseError } from '@turnwise/core'
import { createFakeModel, createFakeTokenizer, FAKE_MANIFEST } from '@turnwise/core/testing'
import { describe, expect, it, onTestFinished, test, vi } from 'vitest'
import { DEFAULT_LATENCY } from '../defaults.js'
import { rejection } from '../test/rejection.js'
import { temporaryFolder } from '../test/temporaryFolder.js'
import { measureLoad, measureThroughput, soak } from './liveLoad.js'
import { runLatency } from './runLatency.js'
import { runPython } from './runPython.js'
import { spreadOf } from './spreadOf.js'
import { loadTimedDetector, loadTimedGraph, runtimesOf } from './timedSystem.js'

const TINY = fileURLToPath(new URL('../../../../fixtures/tiny', import.meta.url))

function createFake() {
  const model = createFakeModel()
  return { model, detector: createDetector(model, createFakeTokenizer(), FAKE_MANIFEST) }
}

test('a spread is the middle and the tail', () => {
  const times = Array.from({ length: 101 }, (_, index) => 100 - index)
  expect(spreadOf(times)).toEqual({ count: 101, median: 50, p90: 90, p99: 99, max: 100 })
  expect(spreadOf([]).median).toBeNaN()
})

describe('work that is timed', () => {
  it('is of exactly the tokens that it says, and an update of four', async () => {
    const system = await loadTimedDetector(`${TINY}/fused`, { threads: 1, runtime: 'auto', spinning: false })
    onTestFinished(() => system.close())
    for (const tokens of [8, 28]) {
      const work = await system.fresh(tokens)
      expect([await work(), await work()]).toEqual([tokens, tokens])
    }
    expect(system.facts).toMatchObject({ role: 'turnwise', runtime: 'onnx', spinning: false })
  })

  it('the published way runs the whole prompt at each update, its shape at its best the new tokens', async () => {
    const path = `${TINY}/qwen2/onnx/model_q8.onnx`
    const [published, best] = [await loadTimedGraph(path, 1, false), await loadTimedGraph(path, 1, true)]
    onTestFinished(async () => {
      await published.close()
      await best.close()
    })
    expect(await (await published.update(50))()).toBe(54)
    expect(await (await best.update(50))()).toBe(4)
    expect(await (await best.fresh(8))()).toBe(8)
    expect([published.facts.role, best.facts.role]).toEqual(['published way', 'its shape at its best'])
  })
})

test('a whole run beside a baseline', async () => {
  const tasks = new Set<string>()
  const result = await runLatency({
    ...DEFAULT_LATENCY,
    models: [`${TINY}/fused`],
    baseline: `${TINY}/qwen2/onnx/model_q8.onnx`,
    own: `${TINY}/published/onnx/model_q8.onnx`,
    threads: 1,
    rounds: 3,
    runs: 2,
    pauseMs: 0,
    sessions: [1, 2],
    calls: [2],
    wordMs: 20,
    seconds: 0.2,
    soak: { updates: 20, sessions: 4 },
    onProgress: (task) => tasks.add(task),
  })
  expect(result.systems.map(({ role }) => role)).toEqual(['published way', 'its shape at its best', 'turnwise'])
  expect(result.cases.map(({ tokens, cachedTokens }) => [tokens, cachedTokens])).toEqual([
    [8, 0],
    [28, 0],
    [54, 0],
    [54, 50],
    [254, 250],
  ])
  for (const { systems } of result.cases) {
    for (const { runs } of systems) {
      expect(runs.map(({ samplesMs, restedMs }) => [samplesMs.length, restedMs.length])).toEqual([
        [3, 3],
        [3, 3],
      ])
    }
  }
  expect(result.processes).toHaveLength(3)
  for (const { runs } of result.processes) {
    expect(runs).toHaveLength(2)
    for (const run of runs) {
      expect(run.firstDecisionMs).toBeGreaterThanOrEqual(run.loadMs)
      expect(run.sinceStartMs).toBeGreaterThanOrEqual(run.firstDecisionMs)
      expect(run.peakBytes).toBeGreaterThan(2e7)
    }
  }
  expect(result.throughput.map(({ sessions }) => sessions)).toEqual([1, 2])
  expect(result.batch).toMatchObject({ prompts: 64, promptsPerSecond: expect.any(Number) })
  expect(result.load[0]?.calls).toBe(2)
  expect(result.soak?.points.at(-1)?.updates).toBe(20)
  expect(tasks).toEqual(new Set(['fresh processes', 'prompts and updates', 'soak', 'throughput', 'calls']))
  expect(JSON.stringify(result)).not.toContain(TINY)
}, 60_000)

test('a run that is stopped goes on with the part that it was in', async () => {
  const parts = join(await temporaryFolder(), 'parts.jsonl')
  const options = {
    ...DEFAULT_LATENCY,
    ...{ models: [`${TINY}/fused`], threads: 1, rounds: 1, runs: 1, pauseMs: 0, sessions: [1], calls: [1], wordMs: 20 },
    ...{ seconds: 0.1, spinning: false, partsPath: parts },
  }
  const stopped = rejection(
    runLatency({
      ...options,
      onProgress(task) {
        if (task === 'prompts and updates') throw new TurnwiseError('ABORTED', 'Stopped.')
      },
    }),
  )
  expect(await stopped).toMatchObject({ code: 'ABORTED' })
  const tasks = new Set<string>()
  const result = await runLatency({ ...options, onProgress: (task) => tasks.add(task) })
  expect(tasks).toEqual(new Set(['prompts and updates']))
  expect([result.processes.length, result.throughput.length, result.cases.length]).toEqual([1, 1, 5])
}, 60_000)

test('two models of one name are told apart', async () => {
  const result = await runLatency({
    ...DEFAULT_LATENCY,
    models: [`${TINY}/fused`, `${TINY}/fused`],
    ...{ threads: 1, rounds: 1, runs: 1, pauseMs: 0, sessions: [1], calls: [1], wordMs: 20, seconds: 0.1 },
    runtime: 'onnx',
  })
  const name = result.systems[0]?.name ?? ''
  const names = [name, `${name} (2)`]
  for (const found of [result.systems, result.processes, ...result.cases.map(({ systems }) => systems)]) {
    expect(found.map((each) => each.name)).toEqual(names)
  }
}, 60_000)

test('a model of the native runtime is also measured in ONNX Runtime', async () => {
  const [first] = await runtimesOf(undefined, 'auto')
  const result = await runLatency({
    ...DEFAULT_LATENCY,
    models: [undefined],
    ...{ threads: 1, rounds: 1, runs: 1, pauseMs: 0, sessions: [2], calls: [3], wordMs: 20, seconds: 0.1 },
    spinning: true,
  })
  const name = result.systems[0]?.name ?? ''
  const runtimes = first === 'native' ? ['native', 'onnx', 'onnx'] : ['onnx', 'onnx']
  expect(result.systems.map(({ runtime }) => runtime)).toEqual(runtimes)
  const names = first === 'native' ? [name, `${name}, ONNX Runtime`] : [name]
  expect(result.systems.map((system) => system.name)).toEqual([...names, `${names.at(-1)}, spinning`])
  expect(result.processes.map((process) => process.name)).toEqual(names)
  expect(result.throughput.map((throughput) => throughput.name)).toEqual(names)
  expect(result.load.map(({ name, calls }) => [name, calls])).toEqual(names.map((name) => [name, 3]))
}, 240_000)

test('a graph that is not there is an error before anything is measured', async () => {
  const tasks: string[] = []
  const options = { ...DEFAULT_LATENCY, threads: 1, models: [`${TINY}/fused`], baseline: `${TINY}/none.onnx` }
  const error = await rejection(runLatency({ ...options, onProgress: (task) => tasks.push(task) }))
  expect([error.code, tasks]).toEqual(['MODEL_FILE_MISSING', []])
})

test('every word of a load is counted once', async () => {
  const { detector } = createFake()
  const load = await measureLoad('x', detector, { calls: 3, seconds: 0.3, wordMs: 20 })
  expect(load.asked).toBeGreaterThan(20)
  expect(load.answered + load.superseded + load.refused).toBe(load.asked)
})

test('a load whose model fails is an error, and ends no process before it can be seen', async () => {
  const { model, detector } = createFake()
  await model.close()
  const unhandled = vi.fn()
  process.on('unhandledRejection', unhandled)
  onTestFinished(() => void process.off('unhandledRejection', unhandled))
  const error = await rejection(measureLoad('x', detector, { calls: 2, seconds: 0.1, wordMs: 20 }))
  expect(error.code).toBe('MODEL_FAILED')
  expect(unhandled).not.toHaveBeenCalled()
})

test('throughput and soak leave nothing behind', async () => {
  const { model, detector } = createFake()
  const { updatesPerSecond, latencyMs } = await measureThroughput('x', detector, 4, { seconds: 0.2 })
  expect(updatesPerSecond).toBeGreaterThan(10)
  expect(latencyMs.count).toBeGreaterThan(2)
  const seen: number[] = []
  const onProgress = (done: number) => seen.push(done)
  expect((await soak('x', detector, { updates: 130, sessions: 4, onProgress })).points).toHaveLength(65)
  expect([seen.length, seen.at(-1)]).toEqual([130, 130])
  expect(model.openStates).toBe(0)
})

test('Python that is not there, or prints something else, is an error', async () => {
  const job = { graphs: [], torch: null, threads: 1, rounds: 1, tokens: [8] }
  const missing = await rejection(runPython(['no-such-python'], job))
  expect(missing.code).toBe('PYTHON_FAILED')
  expect(missing.problem).toBe('no-such-python did not time the files: there is no such command.')
  const fails = `console.error("Traceback\\nModuleNotFoundError: No module named 'onnxruntime'"); process.exit(1)`
  const folder = await temporaryFolder({ 'print.cjs': 'console.log("{}")', 'fail.cjs': fails })
  const failed = await rejection(runPython([process.execPath, `${folder}/fail.cjs`], job))
  expect(failed.problem).toContain("did not time the files: ModuleNotFoundError: No module named 'onnxruntime'.")
  const printed = await rejection(runPython([process.execPath, `${folder}/print.cjs`], job))
  expect(printed.problem).toContain('printed something else than times')
})
