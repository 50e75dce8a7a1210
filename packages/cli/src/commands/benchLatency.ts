import type { LatencyResult } from '@turnwise/bench'
import { DEFAULT_LATENCY, DEFAULT_SOAK } from '@turnwise/bench/defaults'
import { type Command, InvalidArgumentError } from 'commander'
import type { App } from '../app.js'
import { addFreshOption, addRunOptions, type BenchRunOptions, parseCount, parsePositive } from '../benchOptions.js'
import { addLoadingOptions, defaultThreads, type LoadingOptions } from '../loadingOptions.js'
import { renderTable } from '../render/textTable.js'
import { write } from '../terminal.js'
import { keptIn, measure } from './benchMeasure.js'

/** What the command is told. */
export interface LatencyCommandOptions extends LoadingOptions, BenchRunOptions {
  readonly also?: readonly string[]
  readonly baseline?: string
  readonly own?: string
  readonly spinning?: true
  readonly fresh?: true
  readonly rounds: number
  readonly runs: number
  readonly sessions: readonly number[]
  readonly calls: readonly number[]
  readonly seconds: number
  readonly soak?: true
  readonly soakUpdates: number
  readonly soakSessions: number
  readonly python?: string
  readonly torch?: string
}

const DETAILS = `
Nothing else should run meanwhile. All systems take turns in one process with
the same threads; loading and memory are taken in processes of their own.
training/scripts/make_baseline.py makes the file of --baseline,
packages/bench/scripts/make_best.py that of --own.

Examples:
  $ turnwise bench latency
  $ turnwise bench latency --baseline baseline.onnx --own own.onnx --spinning
  $ turnwise bench latency --calls 1,2,4,8,16,32,64,128,256
  $ turnwise bench latency --soak --soak-updates 100000 --soak-sessions 1000
  $ turnwise bench latency --python "uv run --project training python"
  $ turnwise bench latency --python .venv/bin/python --torch ./published`

export function addBenchLatencyCommand(bench: Command, app: App): void {
  const command = bench
    .command('latency')
    .summary('milliseconds, memory, calls at once')
    .description('Measures milliseconds, memory and how many calls go on at once.')
    .option('--also <models...>', 'further models in the same run')
    .option('--baseline <file>', 'a graph of the published shape, run the published way')
    .option('--own <file>', 'a graph of the same shape, run at its best')
    .option('--spinning', 'also with threads of ONNX Runtime that wait awake')
    .option('--rounds <count>', 'times a piece of work is done in a run', parsePositive, DEFAULT_LATENCY.rounds)
    .option('--runs <count>', 'how often all is measured anew', parsePositive, DEFAULT_LATENCY.runs)
    .option('--sessions <counts>', 'sessions at once, for throughput', parseCounts, DEFAULT_LATENCY.sessions)
    .option(
      '--calls <counts>',
      `calls at once, a word each ${DEFAULT_LATENCY.wordMs} ms`,
      parseCounts,
      DEFAULT_LATENCY.calls,
    )
    .option('--seconds <count>', 'how long each of these is kept up', parsePositive, DEFAULT_LATENCY.seconds)
    .option('--soak', 'many updates of sessions that stay open: is memory flat?')
    .option('--soak-updates <count>', 'of --soak', parsePositive, DEFAULT_SOAK.updates)
    .option('--soak-sessions <count>', 'of --soak', parsePositive, DEFAULT_SOAK.sessions)
    .option('--python <command>', 'the same files with onnxruntime in this Python')
    .option('--torch <folder>', 'of the published form, with PyTorch in that Python')
    .addHelpText('after', DETAILS)
  addRunOptions(addFreshOption(addLoadingOptions(command)), 'results/latency.json')
  command.action((options: LatencyCommandOptions) => {
    if (options.torch !== undefined && options.python === undefined) {
      return command.error('error: --torch runs in the Python of --python, which is not given')
    }
    return runLatencyCommand(app, options)
  })
}

/** Measures, writes the result and shows its main figures. */
export async function runLatencyCommand(app: App, options: LatencyCommandOptions): Promise<void> {
  const { assertWritable, dropKept, loadNote, partsPath, runLatency, writeResult } = await import('@turnwise/bench')
  const { model, also = [], spinning = false, threads = defaultThreads(), runtime } = options
  const { baseline, own, rounds, runs, sessions, calls, seconds, seed, torch, out } = options
  const { soak, soakUpdates, soakSessions, python, fresh } = options
  await assertWritable(out)
  const partsFile = partsPath(out)
  const result = await measure(app, keptIn(partsFile, 'parts'), ({ show, signal }) =>
    runLatency({
      ...DEFAULT_LATENCY,
      ...{ baseline, own, threads, runtime, spinning, rounds, runs, sessions, calls, seconds, seed, torch, signal },
      partsPath: partsFile,
      fresh,
      models: [model, ...also],
      soak: soak && { updates: soakUpdates, sessions: soakSessions },
      python: python?.trim().split(/\s+/),
      onProgress: show,
    }),
  )
  await writeResult(out, result)
  await dropKept(partsFile)
  const parts = [renderCases(result), renderProcesses(result), renderLive(result), renderSoak(result)]
  await write(app.terminal.output, parts.join(''))
  const note = loadNote(result)
  if (note !== undefined) await write(app.terminal.errors, `${note}\n`)
  await write(app.terminal.errors, `The result is in ${out}.\n`)
}

function renderCases({ cases, systems, threads }: LatencyResult): string {
  const names = cases.map(({ kind, tokens, cachedTokens }) => {
    return kind === 'fresh' ? `${tokens} tokens` : `4 after ${cachedTokens}`
  })
  const medians = (name: string, times: 'samplesMs' | 'restedMs') =>
    cases.map((each) => {
      const runs = each.systems.find((system) => system.name === name)?.runs ?? []
      return median(runs.flatMap((run) => run[times])).toFixed(2)
    })
  const lines = systems.flatMap(({ name }) => [
    [name, ...medians(name, 'samplesMs')],
    [`${name}, after a rest`, ...medians(name, 'restedMs')],
  ])
  return `${renderTable([[`ms, ${threads} threads`, ...names], ...lines])}\n`
}

function renderProcesses({ processes }: LatencyResult): string {
  const lines = processes.map(({ name, runs }) => [
    name,
    median(runs.map(({ loadMs }) => loadMs)).toFixed(0),
    median(runs.map(({ sinceStartMs }) => sinceStartMs)).toFixed(0),
    (median(runs.map(({ peakBytes }) => peakBytes)) / 1e6).toFixed(0),
  ])
  return `${renderTable([['a process of its own', 'load ms', 'first decision ms', 'peak MB'], ...lines])}\n`
}

function renderLive({ throughput, batch, load }: LatencyResult): string {
  const sessions = throughput.map(({ name, sessions, updatesPerSecond, latencyMs }) => {
    return [name, `${sessions}`, updatesPerSecond.toFixed(0), latencyMs.median.toFixed(1), latencyMs.p99.toFixed(1)]
  })
  const calls = load.map(({ name, calls, asked, answered, superseded, refused, latencyMs, loopDelayMs }) => [
    name,
    ...[calls, asked, answered, superseded, refused].map(String),
    ...[latencyMs.median, latencyMs.p99, loopDelayMs.p99].map((ms) => ms.toFixed(1)),
  ])
  const head = ['', 'calls', 'words', 'answered', 'superseded', 'refused', 'median ms', 'p99 ms', 'loop late p99 ms']
  const { prompts, tokensEach, promptsPerSecond } = batch
  return [
    renderTable([['', 'sessions', 'updates/s', 'median ms', 'p99 ms'], ...sessions]),
    `${prompts} prompts of ${tokensEach} tokens at a time: ${promptsPerSecond.toFixed(0)} a second\n`,
    renderTable([head, ...calls]),
  ].join('\n')
}

/** The memory over a soak, if there was one. */
function renderSoak({ soak }: LatencyResult): string {
  if (soak === null) return ''
  const { sessions, points } = soak
  const memory = [0, 0.5, 1].map((share) => {
    return ((points[Math.floor(share * (points.length - 1))]?.rssBytes ?? Number.NaN) / 1e6).toFixed(0)
  })
  return `\n${points.at(-1)?.updates} updates of ${sessions} sessions: memory ${memory.join(', ')} MB at first, in the middle, at the end\n`
}

/** The middle of numbers; NaN of none. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const [low = Number.NaN, high = low] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return (low + high) / 2
}

function parseCounts(text: string): readonly number[] {
  const counts = text.split(',').map(parseCount)
  if (counts.every((count) => count > 0)) return counts
  throw new InvalidArgumentError('Expected whole numbers from 1, with commas between them.')
}
