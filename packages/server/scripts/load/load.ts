import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { LoadResult } from './loadResult.js'
import { measureLoads } from './measureLoads.js'
import { measureWire } from './measureWire.js'
import { readCommandLine } from './readCommandLine.js'
import { pinThisProcess, shareCores } from './shareCores.js'
import { sizeFor } from './sizing.js'
import { withServe } from './startServe.js'
import { renderTables } from './tables.js'

export async function load(commandLine: readonly string[]): Promise<void> {
  const settings = readCommandLine(commandLine)
  const { parts, rounds, loadCores = 0, speechShare, flags, out } = settings
  const shares = loadCores > 0 ? shareCores(loadCores) : null
  const serverCores = cpus().length - loadCores
  const machine = {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    serverCores,
    node: process.version,
    load: loadavg()[0] ?? 0,
  }
  const measuredAt = new Date().toISOString()
  // On all cores: neither side is ever busy while the other is.
  const wire = parts.has('wire')
    ? await withServe(flags, null, ({ url, loadOptions }) => measureWire(url, loadOptions, rounds))
    : []
  if (shares !== null) pinThisProcess(shares.load)
  const loads = await withServe(flags, shares, ({ url }) => measureLoads(url, settings))
  const sizing = sizeFor(loads.calls, serverCores, speechShare)
  const result = { measuredAt, machine, apart: shares, serve: flags, wire, ...loads, speechShare, sizing }
  process.stdout.write(renderTables(result))
  // Where the command was given, not where npm runs it.
  if (out !== undefined) await writeResult(resolve(process.env.INIT_CWD ?? '.', out), result)
}

async function writeResult(path: string, result: LoadResult): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `${JSON.stringify(result, null, 2)}\n`)
}
