import type { ErrorCode } from '@turnwise/core'
import type { DownloadProgress } from '@turnwise/core/runtime'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fetchModel } from './fetchModel.js'
import { openModelCache } from './modelCache.js'
import { createFakeCaches } from './test/fakeCaches.js'
import { BASE, type FakeSite, startFakeSite } from './test/fakeSite.js'

const [MANIFEST, GRAPH, TABLE] = [`${BASE}turnwise.json`, `${BASE}model.onnx`, `${BASE}embeddings.bin`] as const
const TOKENIZER = `${BASE}tokenizer.json`

let site: FakeSite
beforeEach(() => {
  site = startFakeSite('int8')
  vi.stubGlobal('caches', createFakeCaches())
})
afterEach(() => vi.unstubAllGlobals())

async function load() {
  const progress: DownloadProgress[] = []
  site.requests.length = 0
  const cache = await openModelCache()
  const model = await fetchModel(BASE, { cache, onProgress: (each) => progress.push(each), signal: undefined })
  return { ...model, progress, requests: [...site.requests] }
}

function bytesOf(url: string): Uint8Array<ArrayBuffer> {
  return site.files.get(url) ?? new Uint8Array()
}

test('weights beside the graph are downloaded, by the path that the graph knows them by', async () => {
  const { dataFiles, requests, progress } = await load()
  expect(dataFiles).toEqual([{ path: 'embeddings.bin', data: bytesOf(TABLE) }])
  expect(requests).toEqual([MANIFEST, GRAPH, TABLE, TOKENIZER])
  const totalBytes = [GRAPH, TABLE, TOKENIZER].reduce((total, url) => total + bytesOf(url).length, 0)
  expect(progress.at(-1)).toMatchObject({ receivedBytes: totalBytes, totalBytes })
  site.isOnline = false
  expect((await load()).dataFiles).toEqual(dataFiles)
})

test('a new version with the same weights beside its graph does not download them again', async () => {
  const { dataFiles } = await load()
  const manifest = JSON.parse(new TextDecoder().decode(bytesOf(MANIFEST)))
  const graph = new Uint8Array([...bytesOf(GRAPH), 0])
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', graph))
  manifest.files['model.onnx'] = { sha256: Buffer.from(digest).toString('hex'), sizeBytes: graph.length }
  site.files.set(GRAPH, graph)
  site.files.set(MANIFEST, new Uint8Array(Buffer.from(JSON.stringify(manifest))))
  const next = await load()
  expect(next.requests).toEqual([MANIFEST, GRAPH])
  expect(next.weights).toHaveLength(graph.length)
  expect(next.dataFiles).toEqual(dataFiles)
})

test.each<[string, ErrorCode, () => unknown]>([
  ['missing', 'MODEL_FILE_MISSING', () => site.files.delete(TABLE)],
  ['cut off', 'MODEL_FILE_TRUNCATED', () => site.files.set(TABLE, bytesOf(TABLE).slice(0, 1000))],
  ['others', 'MODEL_FILE_TAMPERED', () => site.files.set(TABLE, bytesOf(TABLE).with(100, 99))],
])('weights beside the graph that are %s: %s', async (_, code, change) => {
  change()
  await expect(load()).rejects.toMatchObject({ name: 'TurnwiseError', code })
})
