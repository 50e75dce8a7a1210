import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openModelCache } from './modelCache.js'
import { downloadFile, type ModelFile } from './modelFile.js'
import { openPartialFile } from './partialFile.js'
import { createFakeCaches } from './test/fakeCaches.js'

const URL = 'https://site.test/model.onnx'
const KEY = `${URL}?sha256=0`
const BYTES = Uint8Array.from({ length: 1000 }, (_, index) => index % 251)
const PART_BYTES = 100

/** A server: what it does not do, and after how many bytes of an answer it goes away. */
interface Server {
  readonly bytes?: Uint8Array<ArrayBuffer>
  readonly ranges?: 'understood' | 'ignored' | 'refused'
  readonly breaksAfter?: number
}

let caches: ReturnType<typeof createFakeCaches>
let file: ModelFile
beforeEach(async () => {
  caches = createFakeCaches()
  vi.stubGlobal('caches', caches)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', BYTES))
  file = { name: 'model.onnx', url: URL, sha256: Buffer.from(digest).toString('hex'), sizeBytes: BYTES.length }
})
afterEach(() => vi.unstubAllGlobals())

/** Downloads the file, and says what was asked for and how many bytes came in each step. */
async function download({ bytes = BYTES, ranges = 'understood', breaksAfter }: Server = {}) {
  const [asked, received]: [string[], number[]] = [[], []]
  vi.stubGlobal('fetch', async (_: string, { headers }: RequestInit = {}) => {
    const range = new Headers(headers).get('range') ?? ''
    asked.push(range)
    if (range !== '' && ranges === 'refused') throw new TypeError('Failed to fetch')
    const from = ranges === 'understood' ? Number(/\d+/.exec(range)?.[0] ?? 0) : 0
    return new Response(inPieces(bytes.subarray(from), breaksAfter), { status: from === 0 ? 200 : 206 })
  })
  const partial = openPartialFile(await openModelCache(), KEY, PART_BYTES)
  const onBytes = (count: number) => received.push(count)
  const outcome = await downloadFile(file, { partial, onBytes, signal: undefined }).catch((error: unknown) => error)
  return { outcome, asked, received }
}

function inPieces(bytes: Uint8Array<ArrayBuffer>, breaksAfter = Number.POSITIVE_INFINITY) {
  let sent = 0
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (sent >= breaksAfter) controller.error(new TypeError('network error'))
      else if (sent >= bytes.length) controller.close()
      else controller.enqueue(bytes.slice(sent, sent + 70))
      sent += 70
    },
  })
}

test('an interrupted download goes on where it was, from the last whole part', async () => {
  expect(await download({ breaksAfter: 420 })).toMatchObject({ outcome: { code: 'MODEL_UNREACHABLE' }, asked: [''] })
  expect(await download({ breaksAfter: 140 })).toMatchObject({ asked: ['bytes=400-'], received: [470, 540] })
  const { outcome, asked, received } = await download()
  expect(asked).toEqual(['bytes=500-'])
  expect(received[0]).toBe(570)
  expect(outcome).toEqual(BYTES)
})

test.each([
  ['ignored', ['bytes=400-']],
  ['refused', ['bytes=400-', '']],
] as const)('it starts anew where ranges are %s', async (ranges, expected) => {
  await download({ breaksAfter: 420 })
  const { outcome, asked, received } = await download({ ranges })
  expect(asked).toEqual(expected)
  expect(received[0]).toBe(70)
  expect(outcome).toEqual(BYTES)
})

test('what is all there need not be asked for', async () => {
  await download({ breaksAfter: 420 })
  const rest = openPartialFile(await openModelCache(), KEY, PART_BYTES)
  await rest.restore(new Uint8Array(BYTES.length))
  await rest.keep(BYTES, BYTES.length)
  expect(await download()).toMatchObject({ outcome: BYTES, asked: [] })
})

test('parts of something else are found out, and forgotten', async () => {
  await download({ bytes: BYTES.with(10, 255), breaksAfter: 420 })
  expect(await download()).toMatchObject({ outcome: { code: 'MODEL_FILE_TAMPERED' }, asked: ['bytes=400-'] })
  expect(caches.entries.size).toBe(0)
  expect(await download()).toMatchObject({ outcome: BYTES, asked: [''] })
})

test('a file that is longer than it should be leaves nothing', async () => {
  const { outcome } = await download({ bytes: new Uint8Array([...BYTES, 1]) })
  expect(outcome).toMatchObject({ code: 'MODEL_FILE_TRUNCATED' })
  expect(caches.entries.size).toBe(0)
})
