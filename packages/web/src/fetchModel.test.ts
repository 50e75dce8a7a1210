import { createHash } from 'node:crypto'
import type { ErrorCode } from '@turnwise/core'
import type { DownloadProgress } from '@turnwise/core/runtime'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { fetchModel } from './fetchModel.js'
import { openModelCache } from './modelCache.js'
import { createFakeCaches } from './test/fakeCaches.js'
import { BASE, type FakeSite, startFakeSite } from './test/fakeSite.js'

const [MANIFEST, TOKENIZER, WEIGHTS] = [`${BASE}turnwise.json`, `${BASE}tokenizer.json`, `${BASE}model.onnx`] as const

let site: FakeSite
let caches: ReturnType<typeof createFakeCaches>
beforeEach(() => {
  site = startFakeSite()
  caches = createFakeCaches()
  vi.stubGlobal('caches', caches)
})
afterEach(() => vi.unstubAllGlobals())

async function load({ signal }: { signal?: AbortSignal } = {}) {
  const progress: DownloadProgress[] = []
  site.requests.length = 0
  const cache = await openModelCache()
  const fetched = await fetchModel(BASE, { cache, onProgress: (each) => progress.push(each), signal })
  const { manifest, webgpuGraph } = fetched
  const model = { manifest, weights: hash(fetched.weights), tokenizer: hash(fetched.tokenizer) }
  return { model, webgpuGraph, progress, requests: [...site.requests] }
}

/** Comparing bytes one by one takes the test framework seconds. */
function hash(bytes: Uint8Array<ArrayBuffer>): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function bytesOf(url: string): Uint8Array<ArrayBuffer> {
  return site.files.get(url) ?? new Uint8Array()
}

/** Another version of the model: a space more in tokenizer.json, and what turnwise.json says of it. */
async function publish(): Promise<void> {
  const tokenizer = new Uint8Array([...bytesOf(TOKENIZER), 0x20])
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', tokenizer))
  const manifest = JSON.parse(new TextDecoder().decode(bytesOf(MANIFEST)))
  manifest.version = '9.9.9'
  manifest.files['tokenizer.json'] = { sha256: Buffer.from(digest).toString('hex'), sizeBytes: tokenizer.length }
  site.files.set(TOKENIZER, tokenizer)
  site.files.set(MANIFEST, new Uint8Array(Buffer.from(JSON.stringify(manifest))))
}

test('downloads once, with progress, and then only asks what is new', async () => {
  const first = await load()
  expect(first.requests).toEqual([MANIFEST, WEIGHTS, TOKENIZER])
  expect(first.model.weights).toBe(hash(bytesOf(WEIGHTS)))
  expect(first.model.tokenizer).toBe(hash(bytesOf(TOKENIZER)))
  const totalBytes = bytesOf(WEIGHTS).length + bytesOf(TOKENIZER).length
  const received = first.progress.map(({ receivedBytes }) => receivedBytes)
  expect(received).toEqual([...received].sort((a, b) => a - b))
  expect(first.progress).toHaveLength(6)
  expect(first.progress.at(-1)).toEqual({
    model: BASE,
    fileName: 'tokenizer.json',
    receivedBytes: totalBytes,
    totalBytes,
  })

  const second = await load()
  expect(second.requests).toEqual([MANIFEST])
  expect(second.progress).toEqual([])
  expect(second.model).toEqual(first.model)
})

test('the graph for WebGPU is downloaded when it is asked for, and kept with the model', async () => {
  site = startFakeSite('int8')
  const graph = `${BASE}model.webgpu.onnx`
  const { requests, webgpuGraph, progress } = await load()
  expect(requests).toEqual([MANIFEST, WEIGHTS, `${BASE}embeddings.bin`, TOKENIZER])
  expect(hash(await webgpuGraph())).toBe(hash(bytesOf(graph)))
  expect(progress).toHaveLength(9)
  site.isOnline = false
  expect(hash(await (await load()).webgpuGraph())).toBe(hash(bytesOf(graph)))
})

test('a model without a graph for WebGPU says so', async () => {
  await expect((await load()).webgpuGraph()).rejects.toMatchObject({ code: 'UNSUPPORTED_MODEL' })
})

test('needs no network after that', async () => {
  const { model } = await load()
  site.isOnline = false
  expect((await load()).model).toEqual(model)
})

test('does not wait for a network that does not answer', async () => {
  const { model } = await load()
  site.answers.set(MANIFEST, () => new Promise(() => undefined))
  expect((await load()).model).toEqual(model)
})

test('a server that fails is no reason to forget a model, one that has it no more is', async () => {
  const { model } = await load()
  site.answers.set(MANIFEST, async () => new Response('', { status: 503 }))
  expect((await load()).model).toEqual(model)
  site.answers.set(MANIFEST, async () => new Response('', { status: 404 }))
  await expect(load()).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
})

test('a new version takes the place of the old one, file by file', async () => {
  await load()
  await publish()
  const { model, requests } = await load()
  expect(model.manifest.version).toBe('9.9.9')
  expect(requests).toEqual([MANIFEST, TOKENIZER])
  expect(caches.entries.size).toBe(3)
  site.isOnline = false
  expect((await load()).model).toEqual(model)
})

test('a broken new version does not harm the old one', async () => {
  const { model } = await load()
  await publish()
  site.files.delete(TOKENIZER)
  await expect(load()).rejects.toMatchObject({ code: 'MODEL_FILE_MISSING' })
  site.isOnline = false
  expect((await load()).model).toEqual(model)
})

test('what is cut off in the cache is downloaded again', async () => {
  const { model } = await load()
  const key = [...caches.entries.keys()].find((each) => each.startsWith(WEIGHTS)) ?? ''
  caches.entries.set(key, bytesOf(WEIGHTS).slice(0, 1000))
  const again = await load()
  expect(again.requests).toEqual([MANIFEST, WEIGHTS])
  expect(again.model).toEqual(model)
})

test.each([
  ['none', { open: () => Promise.reject(new DOMException('no', 'SecurityError')) }],
  [
    'a full one',
    {
      open: async () => ({
        match: async () => undefined,
        keys: async () => [],
        put: () => Promise.reject(new DOMException('full', 'QuotaExceededError')),
      }),
    },
  ],
  [
    'one that is taken away',
    {
      open: async () => ({
        match: () => Promise.reject(new DOMException('gone', 'InvalidStateError')),
        keys: () => Promise.reject(new DOMException('gone', 'InvalidStateError')),
        put: () => Promise.reject(new DOMException('gone', 'InvalidStateError')),
      }),
    },
  ],
  [
    'one whose files cannot be read any more',
    {
      open: async () => ({
        match: async () => new Response(new ReadableStream({ pull: (each) => each.error(new TypeError('gone')) })),
        keys: async () => [],
        put: () => Promise.resolve(),
      }),
    },
  ],
])('loads without a cache: %s', async (_, storage) => {
  vi.stubGlobal('caches', storage)
  expect((await load()).model.weights).toBe(hash(bytesOf(WEIGHTS)))
})

type Break = (site: FakeSite) => unknown

describe('says what is wrong with a model that', () => {
  test.each<[string, ErrorCode, Break]>([
    ['is not there', 'MODEL_NOT_FOUND', ({ files }) => files.delete(MANIFEST)],
    ['cannot be reached', 'MODEL_UNREACHABLE', (each) => Object.assign(each, { isOnline: false })],
    [
      'breaks off in its manifest',
      'MODEL_UNREACHABLE',
      ({ answers }) =>
        answers.set(
          MANIFEST,
          async () => new Response(new ReadableStream({ pull: (each) => each.error(new Error()) })),
        ),
    ],
    [
      'is on a server that fails',
      'MODEL_UNREACHABLE',
      ({ answers }) => answers.set(WEIGHTS, async () => new Response('', { status: 500 })),
    ],
    [
      'breaks off',
      'MODEL_UNREACHABLE',
      ({ answers }) =>
        answers.set(WEIGHTS, async () => new Response(new ReadableStream({ pull: (each) => each.error(new Error()) }))),
    ],
    [
      'has a page instead of its manifest',
      'INVALID_MANIFEST',
      ({ files }) => files.set(MANIFEST, new Uint8Array(Buffer.from('<!doctype html>'))),
    ],
    ['has no graph', 'MODEL_FILE_MISSING', ({ files }) => files.delete(WEIGHTS)],
    [
      'has a truncated graph',
      'MODEL_FILE_TRUNCATED',
      ({ files }) => files.set(WEIGHTS, bytesOf(WEIGHTS).slice(0, 1000)),
    ],
    [
      'has a longer graph',
      'MODEL_FILE_TRUNCATED',
      ({ files }) => files.set(WEIGHTS, new Uint8Array([...bytesOf(WEIGHTS), 0])),
    ],
    [
      'has a tampered tokenizer',
      'MODEL_FILE_TAMPERED',
      ({ files }) => files.set(TOKENIZER, bytesOf(TOKENIZER).with(100, 0)),
    ],
  ])('%s: %s', async (_, code, breakSite) => {
    breakSite(site)
    await expect(load()).rejects.toMatchObject({ name: 'TurnwiseError', code })
    expect([...caches.entries.keys()]).not.toContain(MANIFEST)
  })
})

test('an aborted signal ends it, also in the middle of a download', async () => {
  await expect(load({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' })
  const controller = new AbortController()
  site.answers.set(WEIGHTS, () => {
    controller.abort()
    return new Promise(() => undefined)
  })
  await expect(load({ signal: controller.signal })).rejects.toMatchObject({ code: 'ABORTED' })
})
