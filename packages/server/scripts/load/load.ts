import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { LoadResult } from './loadResult.js'
import { measureCalls } from './measureCalls.js'
import { measureCores } from './measureCores.js'
import { measureHttp } from './measureHttp.js'
import { measureOverload } from './measureOverload.js'
import { measureSoak } from './measureSoak.js'
import { measureStream } from './measureStream.js'
import { measureWire } from './measureWire.js'
import { type CoreShares, pinThisProcess, shareCores } from './shareCores.js'
import { sizeFor } from './sizing.js'
import { type Serve, startServe } from './startServe.js'
import { renderTables } from './tables.js'

const PARTS = ['wire', 'streams', 'calls', 'overload'] as const
type Part = (typeof PARTS)[number]

const USAGE = `npm run load -w packages/server -- [options] [-- flags of turnwise serve]

Measures \`turnwise serve\` from another process of the same machine, on which nothing else should run. Both share its
cores unless --load-cores divides them. Prints Markdown tables; --out writes everything as JSON.

  --parts LIST       which to measure besides predictions over HTTP (${PARTS.join(',')})
  --seconds N        how long each load is kept up (10)
  --connections N,N  for HTTP, and for streams that ask as soon as they are answered (1,16,64,256)
  --calls N,N        calls with a word every --word-ms (16,32,64,128)
  --word-ms N        (300)
  --speech-share N   how much of a call the user speaks, for the table of sizes (0.4)
  --rounds N         for the overhead of the wire (200)
  --load-cores N     cores that only the load uses, and the server does not; the wire is measured before (0; Linux)
  --soak-minutes N   at 80% of the best throughput (0: not at all)
  --out FILE
`

export async function load(commandLine: string[]): Promise<void> {
  const { values, positionals: flags } = parseArgs({
    args: commandLine,
    allowPositionals: true,
    options: {
      parts: { type: 'string', default: PARTS.join(',') },
      seconds: { type: 'string', default: '10' },
      connections: { type: 'string', default: '1,16,64,256' },
      calls: { type: 'string', default: '16,32,64,128' },
      'word-ms': { type: 'string', default: '300' },
      'speech-share': { type: 'string', default: '0.4' },
      rounds: { type: 'string', default: '200' },
      'load-cores': { type: 'string', default: '0' },
      'soak-minutes': { type: 'string', default: '0' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return
  }
  const parts = readParts(values.parts)
  const loadCores = Number(values['load-cores'])
  const shares = loadCores > 0 ? shareCores(loadCores) : null
  const seconds = Number(values.seconds)
  const [cpu] = cpus()
  const machine = {
    processor: cpu?.model ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    load: loadavg()[0] ?? 0,
  }
  const measuredAt = new Date().toISOString()
  // On all cores: neither side is ever busy while the other is.
  const rounds = Number(values.rounds)
  const wire = parts.has('wire')
    ? await withServe(flags, null, ({ url, loadOptions }) => measureWire(url, loadOptions, rounds))
    : []
  if (shares !== null) pinThisProcess(shares.load)
  await withServe(flags, shares, async ({ url }) => {
    /** Measures with each number of a list, one after another. */
    async function each<Result>(list: string, measure: (count: number) => Promise<Result>) {
      const results = []
      for (const count of list.split(',')) results.push(await measureCores(url, () => measure(Number(count))))
      return results
    }

    const http = await each(values.connections, (connections) => measureHttp(url, connections, seconds))
    const streams = parts.has('streams')
      ? await each(values.connections, (connections) => measureStream(url, connections, seconds))
      : []
    const wordMs = Number(values['word-ms'])
    const calls = parts.has('calls')
      ? await each(values.calls, (count) => measureCalls(url, { calls: count, wordMs, seconds }))
      : []
    const speechShare = Number(values['speech-share'])
    const serverCores = machine.cores - loadCores
    const sizing = sizeFor(calls, serverCores, speechShare)
    const best = Math.max(...http.map(({ perSecond }) => perSecond))
    const overload = parts.has('overload') ? await measureCores(url, () => measureOverload(url, best, seconds)) : null
    const minutes = Number(values['soak-minutes'])
    const soak = minutes > 0 ? await measureCores(url, () => measureSoak(url, 0.8 * best, minutes)) : null
    const result: LoadResult = {
      measuredAt,
      machine: { ...machine, serverCores },
      apart: shares,
      serve: flags,
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
    // Where the command was given, not where npm runs it.
    if (values.out !== undefined) await writeResult(resolve(process.env.INIT_CWD ?? '.', values.out), result)
  })
}

/** @throws Error if one is unknown */
function readParts(list: string): ReadonlySet<Part> {
  const named = list.split(',').filter((part) => part !== '')
  const known = PARTS.filter((part) => named.includes(part))
  if (known.length !== named.length) throw new Error(`The parts are ${PARTS.join(', ')}.`)
  return new Set(known)
}

/** Does something with a server that is stopped afterwards. */
async function withServe<Result>(
  flags: readonly string[],
  shares: CoreShares | null,
  task: (serve: Serve) => Promise<Result>,
): Promise<Result> {
  const serve = await startServe(flags, shares?.server)
  try {
    return await task(serve)
  } finally {
    await serve.stop()
  }
}

async function writeResult(path: string, result: LoadResult): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `${JSON.stringify(result, null, 2)}\n`)
}
