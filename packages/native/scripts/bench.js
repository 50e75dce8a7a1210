// Times runs of a model: node scripts/bench.js [model.onnx] [threads]. The least of many is printed, in milliseconds:
// the rest is other programs' noise.
import { fileURLToPath } from 'node:url'
import { openModel } from '../index.js'

const SHIPPED = fileURLToPath(new URL('../../../models/en/model.onnx', import.meta.url))
const [path = SHIPPED, threads = '1'] = process.argv.slice(2)
const REPEATS = 40

const started = performance.now()
const model = await openModel(path, Number(threads))
console.log(`load ${(performance.now() - started).toFixed(0)} ms`)

for (const pastTokens of [60, 250, 900]) {
  await model.run([{ tokens: tokens(pastTokens), keep: { id: 1, tokenCount: pastTokens } }])
  const past = { id: 1, tokenCount: pastTokens }
  await time(`a word (4 tokens) after ${pastTokens}`, [{ tokens: tokens(4), past }])
  for (const rows of [8, 32]) {
    const many = Array.from({ length: rows }, () => ({ tokens: tokens(4), past }))
    await time(`${rows} conversations' words after ${pastTokens}`, many)
  }
  await time(`a prompt of ${pastTokens}`, [{ tokens: tokens(pastTokens) }])
}
model.close()

async function time(what, rows) {
  let least = Number.POSITIVE_INFINITY
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const start = performance.now()
    await model.run(rows)
    least = Math.min(least, performance.now() - start)
  }
  console.log(`${what}: ${least.toFixed(2)} ms`)
}

function tokens(count) {
  return Array.from({ length: count }, (_, index) => 5 + ((index * 7919) % 40000))
}
