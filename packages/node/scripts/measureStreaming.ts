/**
 * Measures live sessions on this machine, which should have nothing else to do. Prints Markdown.
 *
 * `npm run measure:streaming -- [--model MODEL] [--threads 2] [--calls 64] [--seconds 30]`
 * `npm run measure:streaming -- --soak [--updates 100000] [--sessions 1000]`
 */
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { type Detector, loadDetector } from 'turnwise'
import { loadOnnxRuntime } from '../src/onnxRuntime.js'
import { type LoadReport, rssMegabytes, runCalls, soak, spreadOf, timeUpdates } from './streamingLoad.js'

const CACHED_TOKENS = [50, 250] as const
const UPDATES = 300
const WORD_MS = 300
const CURVE_CALLS = [1, 2, 4, 8, 16, 32, 48, 64, 96, 128, 192, 256, 384, 512] as const
const CURVE_SECONDS = 10
/** The curve ends where less than half of the words get a decision of their own. */
const BREAKING_SHARE = 0.5

const OPTIONS = {
  model: { type: 'string' },
  threads: { type: 'string', default: '2' },
  calls: { type: 'string', default: '64' },
  seconds: { type: 'string', default: '30' },
  soak: { type: 'boolean', default: false },
  updates: { type: 'string', default: '100000' },
  sessions: { type: 'string', default: '1000' },
} as const

function print(...cells: (string | number)[]): void {
  console.log(`| ${cells.join(' | ')} |`)
}

function printHead(...cells: string[]): void {
  console.log('')
  print(...cells)
  print(...cells.map((_, index) => (index === 0 ? '---' : '--:')))
}

function printLoad(calls: number, report: LoadReport): void {
  const { asked, answered, superseded, refused, latencyMs, loopDelayMs, rssMegabytes } = report
  const latency = [latencyMs.median.toFixed(1), latencyMs.p99.toFixed(1)]
  print(calls, asked, answered, superseded, refused, ...latency, loopDelayMs.p99.toFixed(1), rssMegabytes)
}

async function measure(detector: Detector, calls: number, seconds: number): Promise<void> {
  printHead('a word after', 'median ms', 'p99 ms')
  for (const tokens of CACHED_TOKENS) {
    const { median, p99 } = spreadOf(await timeUpdates(detector, tokens, UPDATES))
    print(`${tokens} tokens`, median.toFixed(2), p99.toFixed(2))
  }
  const columns = ['words', 'answered', 'superseded', 'refused', 'median ms', 'p99 ms', 'loop delay p99 ms', 'RSS MB']
  printHead('calls', ...columns)
  const report = await runCalls(detector, { calls, seconds, wordMs: WORD_MS })
  printLoad(calls, report)
  console.log(`\nThe event loop was late by ${report.loopDelayMs.max.toFixed(1)} ms at most.`)
  printHead('calls', ...columns)
  for (const count of CURVE_CALLS) {
    const report = await runCalls(detector, { calls: count, seconds: CURVE_SECONDS, wordMs: WORD_MS })
    printLoad(count, report)
    if (report.answered < BREAKING_SHARE * report.asked) break
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS })
  const threads = Number(values.threads)
  const processor = `${availableParallelism()} cores of ${cpus()[0]?.model ?? 'an unknown processor'}`
  const detector = await loadDetector({ model: values.model, threads })
  const { name, version } = detector.manifest
  const runtime = `Node ${process.version}, ONNX Runtime ${(await loadOnnxRuntime()).env.versions.node}`
  console.log(`${name} ${version}, ${threads} threads; ${runtime}, ${processor}`)
  if (values.soak) {
    printHead('updates', 'RSS MB')
    const load = { updates: Number(values.updates), sessions: Number(values.sessions) }
    await soak(detector, load, (done) => print(done, rssMegabytes()))
  } else {
    await measure(detector, Number(values.calls), Number(values.seconds))
  }
  console.log(`\nPeak memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB.`)
  await detector.close()
}

await main()
