/**
 * Measures a model on this machine: `npm run measure -- [MODEL] [THREADS] [spinning]`.
 * Prints one JSON object: milliseconds, and megabytes of memory.
 */
import { performance } from 'node:perf_hooks'
import { createTokenizer, type ModelRequest } from '@turnwise/core'
import { DEFAULT_LOAD_OPTIONS, loadDetector } from 'turnwise'
import { locateModel } from '../src/locateModel.js'
import { readModelFolder } from '../src/modelFolder.js'
import { createOnnxModel } from '../src/onnxModel.js'

const RUNS = 60
const WARM_UP_RUNS = 5

interface Timing {
  readonly median: number
  readonly p99: number
}

async function time(action: () => Promise<unknown>): Promise<Timing> {
  const times: number[] = []
  for (let run = -WARM_UP_RUNS; run < RUNS; run += 1) {
    const start = performance.now()
    await action()
    if (run >= 0) times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  const at = (share: number) =>
    Number((times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0).toFixed(2))
  return { median: at(0.5), p99: at(0.99) }
}

/** Milliseconds until a first decision of a new process, if this is run first. */
async function measureLoading(model: string | undefined, threads: number) {
  const start = performance.now()
  const detector = await loadDetector({ model, threads })
  const loaded = performance.now()
  await detector.predict([{ role: 'user', content: 'I was charged twice for the same order' }])
  const answered = performance.now()
  const peakMegabytes = process.resourceUsage().maxRSS / 1024
  await detector.close()
  return {
    loadMs: Math.round(loaded - start),
    firstDecisionMs: Math.round(answered - start),
    peakMegabytes: Math.round(peakMegabytes),
  }
}

async function measureRuns(path: string, threads: number, spinning: boolean) {
  const { manifest, onnxPath, readTokenizer } = await readModelFolder(path)
  createTokenizer(await readTokenizer())
  const model = await createOnnxModel(onnxPath, manifest, { ...DEFAULT_LOAD_OPTIONS, threads, spinning })
  const tokens = (count: number) => Array.from({ length: count }, (_, index) => 500 + ((index * 7919) % 5000))
  // What is not released would be found again, and the next run would be no fresh one.
  const run = (request: ModelRequest) => async () => {
    for (const { state } of await model.run([request])) state?.release()
  }
  async function afterPrefix(prefixTokens: number, newTokens: number, keep: boolean): Promise<Timing> {
    const [kept] = await model.run([{ tokens: tokens(prefixTokens), keepTokens: prefixTokens - 3 }])
    const state = kept?.state
    if (state === undefined) throw new Error('the model keeps no state')
    const prefix = { state, tokenCount: prefixTokens - 3 }
    const keepTokens = keep ? prefix.tokenCount + newTokens - 3 : 0
    const timing = await time(run({ tokens: tokens(newTokens), prefix, keepTokens }))
    state.release()
    return timing
  }
  const results = {
    fresh28: await time(run({ tokens: tokens(28) })),
    fresh28Kept: await time(run({ tokens: tokens(28), keepTokens: 25 })),
    fresh256: await time(run({ tokens: tokens(256) })),
    new4After50: await afterPrefix(53, 4, false),
    new4After50Kept: await afterPrefix(53, 4, true),
    new4After250: await afterPrefix(253, 4, false),
    new4After250Kept: await afterPrefix(253, 4, true),
    batch8Of28: await time(() => model.run(Array.from({ length: 8 }, () => ({ tokens: tokens(28) })))),
  }
  await model.close()
  return results
}

async function main(): Promise<void> {
  const [model, threadCount = '2', waiting] = process.argv.slice(2)
  const threads = Number(threadCount)
  const spinning = waiting === 'spinning'
  const loading = await measureLoading(model, threads)
  const path = await locateModel({ model })
  process.stdout.write(
    `${JSON.stringify({ path, threads, spinning, ...loading, ...(await measureRuns(path, threads, spinning)) }, null, 1)}\n`,
  )
}

await main()
