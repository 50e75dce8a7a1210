/**
 * Compares a model with the published way on this machine, in one process and with the same threads:
 * `npx tsx packages/node/scripts/comparePublished.ts BASELINE.onnx [THREADS]`.
 *
 * BASELINE.onnx is a random-weight model of the Qwen2.5-0.5B shape (`training/scripts/make_baseline.py`), run the
 * published way: full logits, an empty key/value cache, a fresh call per update, ONNX Runtime's own session options.
 * Runs alternate, so that both meet the same noise. Prints medians in milliseconds and their ratio.
 */
import { performance } from 'node:perf_hooks'
import { DEFAULT_LOAD_OPTIONS } from '../src/loadOptions.js'
import { locateModel } from '../src/locateModel.js'
import { readModelFolder } from '../src/modelFolder.js'
import { createOnnxModel } from '../src/onnxModel.js'
import { loadOnnxRuntime } from '../src/onnxRuntime.js'

const PROMPT_TOKENS = [8, 28, 54] as const
const ROUNDS = 15
const QWEN = { layers: 24, keyValueHeads: 2, headSize: 64 } as const

function tokens(count: number): number[] {
  return Array.from({ length: count }, (_, index) => 500 + ((index * 7919) % 5000))
}

async function openPublishedWay(path: string, threads: number) {
  const { InferenceSession, Tensor } = await loadOnnxRuntime()
  const session = await InferenceSession.create(path, { intraOpNumThreads: threads })
  return async (ids: readonly number[]): Promise<void> => {
    const row = (values: number[]) => new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length])
    const empty = () => new Tensor('float32', new Float32Array(0), [1, QWEN.keyValueHeads, 0, QWEN.headSize])
    const cache = Array.from({ length: QWEN.layers }, (_, layer) => [
      [`past_key_values.${layer}.key`, empty()],
      [`past_key_values.${layer}.value`, empty()],
    ]).flat()
    const feeds = {
      input_ids: row([...ids]),
      attention_mask: row(ids.map(() => 1)),
      position_ids: row(ids.map((_, index) => index)),
      ...Object.fromEntries(cache),
    }
    await session.run(feeds, ['logits'])
  }
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await action()
  return performance.now() - start
}

async function main(): Promise<void> {
  const [baseline, threadCount = '2'] = process.argv.slice(2)
  if (baseline === undefined) throw new Error('name the baseline: make it with training/scripts/make_baseline.py')
  const threads = Number(threadCount)
  const published = await openPublishedWay(baseline, threads)
  const { manifest, onnxPath } = await readModelFolder(await locateModel({}))
  const ours = await createOnnxModel(onnxPath, manifest, { ...DEFAULT_LOAD_OPTIONS, threads, spinning: false })
  const spinning = await createOnnxModel(onnxPath, manifest, { ...DEFAULT_LOAD_OPTIONS, threads, spinning: true })
  for (const count of PROMPT_TOKENS) {
    const ids = tokens(count)
    const systems = [() => published(ids), () => ours.run([{ tokens: ids }]), () => spinning.run([{ tokens: ids }])]
    const times: number[][] = systems.map(() => [])
    for (let round = -2; round < ROUNDS; round += 1) {
      for (const [index, system] of systems.entries()) {
        const elapsedMs = await timed(system)
        if (round >= 0) times[index]?.push(elapsedMs)
      }
    }
    const [publishedMs = 0, oursMs = 0, spinningMs = 0] = times.map(median)
    const ratio = (value: number) => `${(publishedMs / value).toFixed(1)} times faster`
    console.log(
      `${count} tokens, ${threads} threads: the published way ${publishedMs.toFixed(1)} ms; ` +
        `turnwise ${oursMs.toFixed(1)} ms, ${ratio(oursMs)}; with spinning threads ${spinningMs.toFixed(1)} ms, ${ratio(spinningMs)}`,
    )
  }
}

await main()
