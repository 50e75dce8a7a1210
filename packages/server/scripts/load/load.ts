import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import type { LoadResult } from './loadResult.js'
import { measureCalls } from './measureCalls.js'
import { measureHttp } from './measureHttp.js'
import { measureOverload } from './measureOverload.js'
import { measureSoak } from './measureSoak.js'
import { measureStream } from './measureStream.js'
import { measureWire } from './measureWire.js'
import { sizeFor } from './sizing.js'
import { startServe } from './startServe.js'
import { renderTables } from './tables.js'

const USAGE = `npm run load -w packages/server -- [options] [-- flags of turnwise serve]

Measures \`turnwise serve\` from another process of the same machine, on which nothing else should run: the server gets
less than the whole of it. Prints Markdown tables; --out writes everything as JSON.

  --seconds N        how long each load is kept up (10)
  --connections N,N  for HTTP, and for streams that ask as soon as they are answered (1,16,64,256)
  --calls N,N        calls with a word every --word-ms (16,32,64,128)
  --word-ms N        (300)
  --speech-share N   how much of a call the user speaks, for the table of sizes (0.4)
  --rounds N         for the overhead of the wire (200)
  --soak-minutes N   at 80% of the best throughput (0: not at all)
  --out FILE
`

export async function load(commandLine: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: commandLine,
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '10' },
      connections: { type: 'string', default: '1,16,64,256' },
      calls: { type: 'string', default: '16,32,64,128' },
      'word-ms': { type: 'string', default: '300' },
      'speech-share': { type: 'string', default: '0.4' },
      rounds: { type: 'string', default: '200' },
      'soak-minutes': { type: 'string', default: '0' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return
  }
  const seconds = Number(values.seconds)
  const [cpu] = cpus()
  const machine = {
    processor: cpu?.model ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    load: loadavg()[0] ?? 0,
  }
  const measuredAt = new Date().toISOString()
  const server = await startServe(positionals)
  try {
    const { url, model } = server
    const wire = await measureWire(url, model, Number(values.rounds))
    const http = await each(values.connections, (connections) => measureHttp(url, connections, seconds))
    const streams = await each(values.connections, (connections) => measureStream(url, connections, seconds))
    const wordMs = Number(values['word-ms'])
    const calls = await each(values.calls, (count) => measureCalls(url, { calls: count, wordMs, seconds }))
    const speechShare = Number(values['speech-share'])
    const sizing = sizeFor(calls, machine.cores, speechShare)
    const best = Math.max(...http.map(({ perSecond }) => perSecond))
    const overload = await measureOverload(url, best, seconds)
    const minutes = Number(values['soak-minutes'])
    const soak = minutes > 0 ? await measureSoak(url, 0.8 * best, minutes) : null
    const result: LoadResult = {
      measuredAt,
      machine,
      serve: positionals,
      wire,
      http,
      streams,
      calls,
      speechShare,
      sizing,
      overload,
      soak,
    }
    process.stdout.write(renderTables(result))
    if (values.out !== undefined) await writeResult(values.out, result)
  } finally {
    await server.stop()
  }
}

async function writeResult(path: string, result: LoadResult): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `${JSON.stringify(result, null, 2)}\n`)
}

/** Measures with each number of a list, one after another. */
async function each<Result>(list: string, measure: (count: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (const count of list.split(',')) results.push(await measure(Number(count)))
  return results
}
