import { readFileSync } from 'node:fs'
import type { Message } from '@turnwise/core'
import { loadDetector as loadOnNode } from 'turnwise'
import { afterEach, beforeEach, expect, type MockInstance, onTestFinished, test, vi } from 'vitest'
import { loadDetector } from './loadDetector.js'
import { createFakeCaches } from './test/fakeCaches.js'
import { BASE, type FakeSite, startFakeSite, tinyModel } from './test/fakeSite.js'
import { createLocalWorker } from './test/localWorker.js'
import type { WebDetector } from './webDetector.js'

let site: FakeSite
beforeEach(() => {
  site = startFakeSite()
  vi.stubGlobal('caches', createFakeCaches())
  vi.stubGlobal('document', { baseURI: BASE })
  vi.stubGlobal('isSecureContext', true)
  vi.stubGlobal('crossOriginIsolated', false)
  vi.stubGlobal('navigator', { hardwareConcurrency: 4 })
})
afterEach(() => vi.unstubAllGlobals())

/** Has the browser look for graphics cards in a way of ours. */
function offerWebGpu(requestAdapter: () => Promise<object>): void {
  vi.stubGlobal('navigator', { hardwareConcurrency: 4, gpu: { requestAdapter } })
  vi.stubGlobal('WebAssembly', Object.assign(Object.create(WebAssembly), { Suspending: class {} }))
}

function readConversations(): Message[][] {
  const rows = JSON.parse(readFileSync(`${tinyModel('fused')}/expected.json`, 'utf8')) as { messages: Message[] }[]
  return rows.map(({ messages }) => messages)
}

test.each(['fused', 'int8'] as const)(
  'answers as on Node, conversation by conversation and word by word: %s',
  async (model) => {
    site = startFakeSite(model)
    const web = await loadDetector({ model: BASE, createWorker: createLocalWorker })
    const node = await loadOnNode({ model: tinyModel(model), threads: 1 })
    onTestFinished(async () => {
      await Promise.all([web.close(), node.close()])
    })
    expect(web).toMatchObject({ execution: 'wasm', threads: 1, manifest: node.manifest })
    const requests = readConversations().map((messages) => ({ messages }))
    const [found, expected] = await Promise.all([web.predictMany(requests), node.predictMany(requests)])
    for (const [index, { probabilities, tokensRun }] of expected.entries()) {
      expect(found[index]?.tokensRun).toBe(tokensRun)
      for (const [action, probability] of Object.entries(probabilities)) {
        expect(found[index]?.probabilities[action as keyof typeof probabilities]).toBeCloseTo(probability, 3)
      }
    }
    const sessions = [web.openSession(), node.openSession()] as const
    for (const words of ['my', 'my number', 'my number is', 'my number was', 'no']) {
      const [onWeb, onNode] = [await sessions[0].hear(words), await sessions[1].hear(words)]
      expect({ ...onWeb, reason: onWeb.reason.rule }).toMatchObject({
        action: onNode.action,
        tokensRun: onNode.tokensRun,
        reason: onNode.reason.rule,
      })
      expect(onWeb.confidence).toBeCloseTo(onNode.confidence, 3)
    }
  },
)

test.each([
  ['a worker that does not start', 'RUNTIME_UNAVAILABLE', (worker: Worker) => worker.onerror?.({} as ErrorEvent)],
  [
    'a graph that cannot be read',
    'MODEL_FILE_INVALID',
    (worker: Worker) => {
      const failure = { code: 'MODEL_FILE_INVALID', problem: 'It is no graph.' }
      worker.onmessage?.({ data: { kind: 'failed', failure } } as MessageEvent)
    },
  ],
])('%s: %s, and nothing goes on', async (_, code, fail) => {
  let isTerminated = false
  const worker = {
    postMessage: (message: object) => 'weights' in message && setImmediate(() => fail(worker as unknown as Worker)),
    terminate: () => {
      isTerminated = true
    },
  }
  const createWorker = () => worker as unknown as Worker
  await expect(loadDetector({ model: BASE, createWorker })).rejects.toMatchObject({ code })
  expect(isTerminated).toBe(true)
})

test('WebGPU is not missed, unless it is asked for', async () => {
  site = startFakeSite('int8')
  const [options, problem] = [{ model: BASE, createWorker: createLocalWorker }, { code: 'RUNTIME_UNAVAILABLE' }]
  await expect(loadDetector({ ...options, execution: 'webgpu' })).rejects.toMatchObject(problem)
  // A driver that fails, as one does whose process has died.
  offerWebGpu(() => Promise.reject(new Error('The driver was lost.')))
  await expect(loadDetector({ ...options, execution: 'webgpu' })).rejects.toMatchObject(problem)
  // A browser that has it, and a runtime that does not.
  offerWebGpu(async () => ({}))
  await expect(loadDetector({ ...options, execution: 'webgpu' })).rejects.toMatchObject(problem)
  const terminations: MockInstance[] = []
  function createWorker(): Worker {
    const worker = createLocalWorker()
    terminations.push(vi.spyOn(worker, 'terminate'))
    return worker
  }
  const detector = await loadDetector({ ...options, createWorker })
  expect(detector.execution).toBe('wasm')
  expect(detector.comparison).toBeUndefined()
  // The one that is not used is gone.
  expect(terminations.map(({ mock }) => mock.calls.length)).toEqual([0, 1])
  await detector.close()
  expect(terminations.map(({ mock }) => mock.calls.length)).toEqual([1, 1])
})

test.each<[string, () => Promise<object>]>([
  ['fails', () => Promise.reject(new Error('The driver was lost.'))],
  ['never ends', () => new Promise(() => undefined)],
])('a search for a graphics card that %s leaves WebAssembly', async (_, requestAdapter) => {
  offerWebGpu(requestAdapter)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  let detector: WebDetector | undefined
  const loading = loadDetector({ model: BASE, createWorker: createLocalWorker }).then((loaded) => {
    detector = loaded
  })
  while (detector === undefined) {
    await vi.advanceTimersByTimeAsync(1_000)
    await Promise.race([loading, new Promise(setImmediate)])
  }
  expect(detector.execution).toBe('wasm')
  await detector.close()
})

test('a graphics card that is found too late starts nothing', async () => {
  let find: (adapter: object) => void = () => undefined
  const requestAdapter = () => new Promise<object>((resolve) => (find = resolve))
  offerWebGpu(requestAdapter)
  const createWorker = vi.fn(() => ({ postMessage: () => undefined, terminate: () => undefined }) as unknown as Worker)
  site.isOnline = false
  await expect(loadDetector({ model: BASE, createWorker })).rejects.toMatchObject({ code: 'MODEL_UNREACHABLE' })
  find({})
  await new Promise(setImmediate)
  expect(createWorker).toHaveBeenCalledTimes(1)
})

test('a worker that the browser refuses is said to be, and which option helps', async () => {
  const cause = new DOMException('The script is of another origin.', 'SecurityError')
  const createWorker = () => {
    throw cause
  }
  await expect(loadDetector({ model: BASE, createWorker })).rejects.toMatchObject({
    code: 'RUNTIME_UNAVAILABLE',
    problem: expect.stringContaining('createWorker'),
    cause,
  })
})

test('what was damaged after it was kept is downloaded the next time', async () => {
  const caches = createFakeCaches()
  vi.stubGlobal('caches', caches)
  const options = { model: BASE, createWorker: createLocalWorker }
  await (await loadDetector(options)).close()
  const key = [...caches.entries.keys()].find((each) => each.includes('tokenizer.json')) ?? ''
  caches.entries.get(key)?.fill(0x20, 0, 100)
  await expect(loadDetector(options)).rejects.toMatchObject({ code: 'INVALID_TOKENIZER' })
  const detector = await loadDetector(options)
  expect(detector.execution).toBe('wasm')
  await detector.close()
})

test('a page that is not secure is refused at once', async () => {
  vi.stubGlobal('isSecureContext', false)
  await expect(loadDetector({ model: BASE, createWorker: createLocalWorker })).rejects.toMatchObject({
    code: 'RUNTIME_UNAVAILABLE',
  })
  expect(site.requests).toEqual([])
})
