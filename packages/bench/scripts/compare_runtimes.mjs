// ONNX Runtime beside llama.cpp on the same weights, in one process and in turns:
//
//     npm install --no-save node-llama-cpp
//     node packages/bench/scripts/compare_runtimes.mjs THREADS FILE.onnx ... FILE.gguf ...
//
// The files: models/en/model.onnx, training/scripts/block_quantised.py, training/scripts/make_gguf.py. The graphs answer
// with four logits; llama.cpp computes its whole vocabulary's for the last token, and cannot be asked for fewer.
import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { InferenceSession, Tensor } from 'onnxruntime-node'

const CASES = [
  { fresh: 28, past: 0 },
  { fresh: 4, past: 50 },
  { fresh: 4, past: 250 },
]
const ROUNDS = 40
const LAYERS = 16
const HEADS = 3
const HEAD_SIZE = 64
const MIN_TOKEN = 1000

const threads = Number(process.argv[2])
const files = process.argv.slice(3)
if (!Number.isInteger(threads) || threads < 1 || files.length === 0) {
  throw new Error('usage: compare_runtimes.mjs THREADS FILE.onnx ... FILE.gguf ...')
}

const tokens = (count) => Array.from({ length: count }, (_, index) => MIN_TOKEN + 37 * index)

async function openOnnx(file) {
  const session = await InferenceSession.create(await readFile(file), {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  })
  return async ({ fresh, past }) => {
    const ids = BigInt64Array.from(tokens(fresh), BigInt)
    const feeds = {
      input_ids: new Tensor('int64', ids, [1, fresh]),
      attention_mask: new Tensor('int64', new BigInt64Array(fresh + past).fill(1n), [1, fresh + past]),
    }
    for (let layer = 0; layer < LAYERS; layer++) {
      for (const part of ['key', 'value']) {
        const values = new Float32Array(HEADS * past * HEAD_SIZE).fill(0.1)
        feeds[`past_key_values.${layer}.${part}`] = new Tensor('float32', values, [1, HEADS, past, HEAD_SIZE])
      }
    }
    return () => session.run(feeds, ['logits'])
  }
}

async function openLlama(file) {
  const { getLlama } = await import('node-llama-cpp')
  const llama = await getLlama({ gpu: false, build: 'never' })
  const model = await llama.loadModel({ modelPath: file })
  const context = await model.createContext({ contextSize: 512, threads, batchSize: 256 })
  const sequence = context.getSequence()
  return async ({ fresh, past }) => {
    await sequence.clearHistory()
    if (past > 0) await sequence.evaluateWithoutGeneratingNewTokens(tokens(past))
    const last = fresh - 1
    const input = tokens(fresh).map((token, index) =>
      index === last ? [token, { generateNext: { token: true } }] : token,
    )
    return () => sequence.controlledEvaluate(input)
  }
}

const runtimes = []
for (const file of files) {
  runtimes.push({ file, prepare: await (file.endsWith('.onnx') ? openOnnx(file) : openLlama(file)) })
}
for (const situation of CASES) {
  const times = new Map(files.map((file) => [file, []]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const { file, prepare } of runtimes) {
      const run = await prepare(situation)
      const start = performance.now()
      await run()
      times.get(file).push(performance.now() - start)
    }
  }
  console.log(`${situation.fresh} tokens after ${situation.past}, ${threads} threads, medians of ${ROUNDS}`)
  for (const [file, found] of times) {
    const sorted = found.toSorted((a, b) => a - b)
    const median = sorted[ROUNDS / 2]
    console.log(`  ${median.toFixed(1).padStart(7)} ms (least ${sorted[0].toFixed(1)})  ${file}`)
  }
}
process.exit(0)
