import { performance } from 'node:perf_hooks'
import { loadDetector, type Runtime } from 'turnwise'
import { openOnnxFile } from '../systems/onnxFile.js'
import type { ProcessRun } from './latencyResult.js'

/** What a process of its own is told to load: a model with our runtime, or a graph alone. */
export interface FreshProcessJob {
  readonly kind: 'detector' | 'graph'
  readonly path: string
  readonly threads: number
  /** Of a detector. */
  readonly runtime?: Runtime
}

const PROMPT_TOKENS = 28

/** Loads and decides once; the job comes as the only argument, the figures go to the output. */
async function main(): Promise<void> {
  const { kind, path, threads, runtime }: FreshProcessJob = JSON.parse(process.argv[2] ?? '{}')
  const startMs = performance.now()
  const { loadedMs, close } =
    kind === 'detector' ? await runDetector(path, threads, runtime) : await runGraph(path, threads)
  // The clock of a process begins with it.
  const sinceStartMs = performance.now()
  const figures: ProcessRun = {
    loadMs: Math.round(loadedMs - startMs),
    firstDecisionMs: Math.round(sinceStartMs - startMs),
    sinceStartMs: Math.round(sinceStartMs),
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }
  process.stdout.write(JSON.stringify(figures))
  await close()
}

async function runDetector(model: string, threads: number, runtime: Runtime | undefined) {
  const detector = await loadDetector({ model, threads, runtime })
  const loadedMs = performance.now()
  await detector.predict([
    { role: 'user', content: 'I was charged twice for the same order and nobody called me back' },
  ])
  return { loadedMs, close: () => detector.close() }
}

async function runGraph(path: string, threads: number) {
  const graph = await openOnnxFile(path, threads)
  const loadedMs = performance.now()
  await graph.run(Array.from({ length: PROMPT_TOKENS }, (_, index) => 10 + index))
  return { loadedMs, close: () => graph.close() }
}

await main()
