import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createDetector } from '@turnwise/core'
import { createFakeModel, createFakeTokenizer, FAKE_MANIFEST } from '@turnwise/core/testing'
import { DEFAULT_SETTINGS } from '../../src/settings.js'
import { startServer } from '../../src/startServer.js'
import { fuzzStream } from './fuzzStream.js'

/** What the memory in use after garbage collection may grow between the first tenth of the frames and the last, bytes. */
const MARGIN_BYTES = 4 * 2 ** 20
const SESSION_IDLE_MS = 1000

/** The process of the server: a model without weights, and an answer to each question for its memory. */
export async function serve(): Promise<void> {
  const detector = createDetector(createFakeModel(), createFakeTokenizer(), FAKE_MANIFEST)
  const settings = {
    ...DEFAULT_SETTINGS,
    port: 0,
    sessionIdleMs: SESSION_IDLE_MS,
    maxBodyBytes: 2 ** 16,
    logLevel: 'error' as const,
  }
  const { url } = await startServer({ detector, settings })
  process.on('message', () => {
    globalThis.gc?.()
    const { heapUsed, external } = process.memoryUsage()
    process.send?.(heapUsed + external)
  })
  process.send?.(url)
}

/** `npm run fuzz -w packages/server -- [--frames N] [--seed N]`. Fails if the server does. */
export async function fuzz(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { frames: { type: 'string' }, seed: { type: 'string' } } })
  const frames = Number(values.frames ?? 100_000)
  const seed = Number(values.seed ?? Date.now() % 2 ** 32)
  console.log(`seed ${seed}, ${frames} frames`)
  const script = process.argv[1] ?? ''
  const server = fork(script, { execArgv: ['--expose-gc'], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const log: string[] = []
  server.stdout?.on('data', (data) => log.push(data.toString()))
  try {
    const [url] = await once(server, 'message')
    const warm = await fuzzStream(url, { seed: seed + 1, frames: Math.ceil(frames / 10) })
    const before = await memoryOf(server, url)
    const report = await fuzzStream(url, { seed, frames })
    const after = await memoryOf(server, url)
    console.log({ ...report, warmUp: warm.callsAnswered, memoryBytes: { before, after, growth: after - before } })
    if (after - before > MARGIN_BYTES) throw new Error(`The memory grew by more than ${MARGIN_BYTES} bytes.`)
    if (server.exitCode !== null) throw new Error('The server has ended.')
    if (log.length > 0) throw new Error(`The server logged errors: ${log.join('').slice(0, 2000)}`)
  } finally {
    server.kill()
  }
}

/** What is in use once all streams and sessions are gone, which has to happen by itself. */
async function memoryOf(server: ChildProcess, url: string): Promise<number> {
  const startedMs = performance.now()
  for (;;) {
    await sleep(SESSION_IDLE_MS)
    const metrics = await (await fetch(`${url}/metrics`)).text()
    const open = [...metrics.matchAll(/^turnwise_(?:sessions|streams)_open (\d+)$/gm)].map(([, count]) => Number(count))
    if (open.length === 2 && open.every((count) => count === 0)) break
    if (performance.now() > startedMs + 20 * SESSION_IDLE_MS) throw new Error(`Streams and sessions stay: ${open}.`)
  }
  server.send('memory')
  const [bytes] = await once(server, 'message')
  return bytes
}
