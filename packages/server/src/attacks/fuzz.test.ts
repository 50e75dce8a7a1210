import { expect, test } from 'vitest'
import { fuzzStream } from '../../scripts/fuzz/fuzzStream.js'
import { startTarget } from '../test/target.js'

test('2,000 frames, most of them wrong, harm nobody', async () => {
  const seed = Date.now() % 2 ** 32
  console.log(`seed ${seed}`)
  const target = await startTarget()
  const { replies, reconnections, callsAnswered } = await fuzzStream(target.url, { seed, frames: 2000 })
  // It got somewhere: sessions were opened and decided about, and connections ended.
  for (const type of ['opened', 'decision', 'closed', 'error', 'pong']) expect(replies[type]).toBeGreaterThan(0)
  expect(reconnections).toBeGreaterThan(0)
  expect(callsAnswered).toBe(9)
  await target.expectAnswer()
})
