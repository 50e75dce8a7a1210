import { access } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { TurnwiseError } from '@turnwise/core'
import { type Detector, loadDetector, locateModel, type Runtime, type RuntimeChoice, verifyModel } from 'turnwise'
import { createHeader, type ResultHeader } from '../results/resultHeader.js'
import { factsOf } from '../systems/detectorSystem.js'
import { withOwnNames } from '../withOwnNames.js'
import type { FreshProcessJob } from './freshProcess.js'
import type {
  BatchResult,
  LatencyResult,
  LoadResult,
  ProcessResult,
  PythonResult,
  SoakResult,
  ThroughputResult,
} from './latencyResult.js'
import { measureBatch, measureLoad, measureThroughput, soak } from './liveLoad.js'
import { openPartStore, type PartStore } from './partStore.js'
import { type NamedPath, runPython } from './runPython.js'
import { CASES, STEADY_MS, timeCases } from './timeCases.js'
import { loadTimedDetector, loadTimedGraph, roleOfGraph, runtimesOf, type TimedSystem } from './timedSystem.js'
import { timeProcesses } from './timeProcesses.js'

/** What {@link runLatency} is told. */
export interface LatencyOptions {
  /** Model folders or hub ids; undefined is the bundled model. The first is also asked by many sessions at once. */
  readonly models: readonly (string | undefined)[]
  /** The graph that is run the published way. */
  readonly baseline?: string | undefined
  /** The graph of the same shape that is run at its best. */
  readonly own?: string | undefined
  readonly threads: number
  /** What runs the models: by default the native runtime where it can, and ONNX Runtime beside it. */
  readonly runtime?: RuntimeChoice | undefined
  /** Whether the models are measured with spinning threads of ONNX Runtime too. */
  readonly spinning: boolean
  readonly rounds: number
  readonly runs: number
  readonly pauseMs: number
  /** How many sessions at once, for throughput. */
  readonly sessions: readonly number[]
  /** How many calls with a word every `wordMs`. */
  readonly calls: readonly number[]
  readonly wordMs: number
  /** How long each number of sessions or calls is kept up. */
  readonly seconds: number
  readonly soak?: { readonly updates: number; readonly sessions: number } | undefined
  /** The command of a Python with onnxruntime, and perhaps PyTorch; words of a command line. */
  readonly python?: readonly string[] | undefined
  /** A folder of the published form with model.safetensors, for PyTorch. */
  readonly torch?: string | undefined
  readonly seed: number
  /** Where finished parts are kept, so that a run told the same goes on after them. Default: nowhere. */
  readonly partsPath?: string | undefined
  /** Whether the parts of earlier runs are dropped. */
  readonly fresh?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((task: string, done: number, total: number) => void) | undefined
}

/**
 * Measures speed and memory. Nothing else should run on the machine meanwhile; the result holds its load.
 *
 * @throws TurnwiseError as `loadDetector`, MODEL_FILE_MISSING, MODEL_FILE_INVALID, MODEL_FAILED, UNSUPPORTED_MODEL,
 *   PYTHON_FAILED, OUTPUT_UNWRITABLE, ABORTED
 */
export async function runLatency(options: LatencyOptions): Promise<LatencyResult> {
  const { threads, pauseMs, seed } = options
  const header = createHeader('latency', seed)
  const named = await findSystems(options)
  const parts = await openParts(options, named, header)
  // First: what is not installed there is known at once, and this process takes neither memory nor time from the others.
  const python = await parts.part('python', () => measureInPython(options, named))
  const processes = await parts.part('processes', () => measureProcesses(options, named))
  // Before the others are loaded: they would stay in this process's memory.
  const live = await parts.part('live', () => measureLive(named.detectors, options))
  const timed = await parts.part('cases', () => measureCases(options, named))
  const machine = { ...header.machine, loadAverage: parts.loadAverage }
  return { ...header, machine, threads, pauseMs, steadyMs: STEADY_MS, ...timed, processes, ...live, python }
}

function openParts(
  { signal: _signal, onProgress: _onProgress, partsPath, fresh, ...told }: LatencyOptions,
  { graphs, files }: NamedSystems,
  { machine, versions }: ResultHeader,
): Promise<PartStore> {
  const { loadAverage, ...here } = machine
  const paths = [...graphs, ...files].map(({ path }) => path)
  return openPartStore(partsPath, { told: [told, here, versions], files: paths, loadAverage }, fresh)
}

/** All systems in turn. */
async function measureCases(
  options: LatencyOptions,
  named: NamedSystems,
): Promise<Pick<LatencyResult, 'systems' | 'cases'>> {
  const { runs, rounds, pauseMs, signal, onProgress } = options
  const systems = await loadTimedSystems(options, named)
  try {
    const report = (done: number, total: number) => onProgress?.('prompts and updates', done, total)
    const cases = await timeCases(systems, { rounds, runs, pauseMs, signal, onProgress: report })
    return { systems: systems.map((system) => system.facts), cases }
  } finally {
    await Promise.all(systems.map((system) => system.close()))
  }
}

async function loadTimedSystems(options: LatencyOptions, { detectors }: NamedSystems): Promise<TimedSystem[]> {
  const { baseline, own, threads } = options
  const systems: TimedSystem[] = []
  try {
    if (baseline !== undefined) systems.push(await loadTimedGraph(baseline, threads, false))
    if (own !== undefined) systems.push(await loadTimedGraph(own, threads, true))
    for (const { path, name, runtime } of detectors) {
      const manners = options.spinning && runtime === 'onnx' ? [false, true] : [false]
      for (const spinning of manners) systems.push(await loadTimedDetector(path, { threads, runtime, spinning, name }))
    }
    return systems
  } catch (error) {
    await Promise.all(systems.map((system) => system.close()))
    throw error
  }
}

async function measureProcesses(options: LatencyOptions, named: NamedSystems): Promise<ProcessResult[]> {
  const { threads, runs, signal, onProgress } = options
  const jobs: (FreshProcessJob & NamedPath)[] = [
    ...named.graphs.map((graph) => ({ ...graph, kind: 'graph' as const, threads })),
    ...named.detectors.map((detector) => ({ ...detector, kind: 'detector' as const, threads })),
  ]
  const results: ProcessResult[] = []
  for (const [index, { name, ...job }] of jobs.entries()) {
    results.push(await timeProcesses(name, job, runs, signal))
    onProgress?.('fresh processes', index + 1, jobs.length)
  }
  return results
}

/** Everything that is on disk, by the names in the result. */
interface NamedSystems {
  readonly graphs: readonly NamedPath[]
  /** Models in a runtime. */
  readonly detectors: readonly NamedDetector[]
  /** The models' own graphs, once each. */
  readonly files: readonly NamedPath[]
}

/** A model folder, in one of the runtimes that it is measured in. */
interface NamedDetector extends NamedPath {
  readonly runtime: Runtime
}

async function findSystems({ baseline, own, models, runtime = 'auto' }: LatencyOptions): Promise<NamedSystems> {
  const graphs = [baseline, own].flatMap((path, index) => {
    return path === undefined ? [] : [{ name: roleOfGraph(index === 1), path }]
  })
  await Promise.all(graphs.map(({ path }) => assertThere(path)))
  const found: (NamedPath & { readonly file: string; readonly runtimes: readonly Runtime[] })[] = []
  for (const model of models) {
    const { path, manifest } = await verifyModel(await locateModel({ model }))
    const { name } = await factsOf(path, manifest)
    found.push({ name, path, file: join(path, manifest.onnx.file), runtimes: await runtimesOf(path, runtime) })
  }
  const named = withOwnNames(found)
  const detectors = named.flatMap(({ name, path, runtimes }) => {
    return runtimes.map((each, index) => ({ name: index === 0 ? name : `${name}, ONNX Runtime`, path, runtime: each }))
  })
  return { graphs, detectors, files: named.map(({ name, file }) => ({ name, path: file })) }
}

/** @throws TurnwiseError MODEL_FILE_MISSING */
async function assertThere(path: string): Promise<void> {
  await access(path).catch((cause: unknown) => {
    throw new TurnwiseError('MODEL_FILE_MISSING', `${path} cannot be read.`, { value: path, cause })
  })
}

interface Live {
  readonly throughput: ThroughputResult[]
  readonly batch: BatchResult
  readonly load: LoadResult[]
  readonly soak: SoakResult | null
}

/** The first model, and beside it the same in ONNX Runtime where its own is another. */
async function measureLive([first, ...others]: readonly NamedDetector[], options: LatencyOptions): Promise<Live> {
  if (first === undefined) throw new TurnwiseError('INVALID_OPTION', 'There is no model to measure.')
  const { name, path } = first
  const { seconds, signal } = options
  const detector = await loadDetector({ model: path, threads: options.threads, runtime: first.runtime })
  let live: Live
  try {
    const batch = await measureBatch(name, detector, { seconds, signal })
    const onProgress = (done: number, total: number) => options.onProgress?.('soak', done, total)
    const soaked = options.soak && (await soak(name, detector, { ...options.soak, signal, onProgress }))
    live = { ...(await measureCalls(name, detector, options)), batch, soak: soaked ?? null }
  } finally {
    await detector.close()
  }
  const other = others.find((candidate) => candidate.path === path)
  if (other === undefined) return live
  const beside = await loadDetector({ model: path, threads: options.threads, runtime: other.runtime })
  try {
    const { throughput, load } = await measureCalls(other.name, beside, options)
    return { ...live, throughput: [...live.throughput, ...throughput], load: [...live.load, ...load] }
  } finally {
    await beside.close()
  }
}

async function measureCalls(
  name: string,
  detector: Detector,
  { sessions, calls, wordMs, seconds, signal, onProgress }: LatencyOptions,
): Promise<Pick<Live, 'throughput' | 'load'>> {
  const throughput: ThroughputResult[] = []
  const load: LoadResult[] = []
  for (const [index, count] of sessions.entries()) {
    throughput.push(await measureThroughput(name, detector, count, { seconds, signal }))
    onProgress?.('throughput', index + 1, sessions.length)
  }
  for (const [index, count] of calls.entries()) {
    load.push(await measureLoad(name, detector, { calls: count, seconds, wordMs, signal }))
    onProgress?.('calls', index + 1, calls.length)
  }
  return { throughput, load }
}

async function measureInPython(options: LatencyOptions, { graphs, files }: NamedSystems): Promise<PythonResult[]> {
  const { python, torch, threads, rounds, signal, onProgress } = options
  if (python === undefined) return []
  onProgress?.('Python', 0, 1)
  const job = {
    graphs: [...graphs, ...files],
    torch: torch === undefined ? null : { name: basename(torch), path: torch },
    threads,
    rounds,
    tokens: CASES.flatMap((each) => (each.kind === 'fresh' ? [each.tokens] : [])),
  }
  const found = await runPython(python, job, signal)
  onProgress?.('Python', 1, 1)
  return found
}
