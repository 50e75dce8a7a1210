import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'

/** Where the model of the tests is. */
export const BASE = 'https://site.test/models/tiny/'

/** The path of a tiny random model. */
export function tinyModel(name: 'fused' | 'int8' | 'published'): string {
  return fileURLToPath(new URL(`../../../../fixtures/tiny/${name}`, import.meta.url))
}

/** A website with the tiny model, instead of the network. */
export interface FakeSite {
  /** What is at an address; change it at will. */
  readonly files: Map<string, Uint8Array<ArrayBuffer>>
  /** The addresses that were asked for. */
  readonly requests: string[]
  /** What an address answers instead. */
  readonly answers: Map<string, () => Promise<Response>>
  isOnline: boolean
}

/** Replaces `fetch` until the end of the test. */
export function startFakeSite(model: 'fused' | 'int8' = 'fused'): FakeSite {
  const more = model === 'int8' ? ['embeddings.bin', 'model.webgpu.onnx'] : []
  const names = ['turnwise.json', 'tokenizer.json', 'model.onnx', ...more]
  const files = new Map(
    names.map((name) => [`${BASE}${name}`, Uint8Array.from(readFileSync(`${tinyModel(model)}/${name}`))]),
  )
  const site: FakeSite = { files, requests: [], answers: new Map(), isOnline: true }
  vi.stubGlobal('fetch', async (url: string, { signal }: RequestInit = {}) => {
    site.requests.push(url)
    signal?.throwIfAborted()
    if (!site.isOnline) throw new TypeError('Failed to fetch')
    const answer = site.answers.get(url)
    if (answer !== undefined) return abortable(answer(), signal)
    const bytes = files.get(url)
    return bytes === undefined ? new Response('', { status: 404 }) : new Response(inPieces(bytes))
  })
  return site
}

function inPieces(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const size = Math.ceil(bytes.length / 3)
  return new ReadableStream({
    start(controller) {
      for (let start = 0; start < bytes.length; start += size) controller.enqueue(bytes.slice(start, start + size))
      controller.close()
    },
  })
}

function abortable<Value>(promise: Promise<Value>, signal: AbortSignal | null | undefined): Promise<Value> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal?.aborted === true) reject(signal.reason)
    signal?.addEventListener('abort', () => reject(signal.reason))
  })
  return Promise.race([promise, aborted])
}
