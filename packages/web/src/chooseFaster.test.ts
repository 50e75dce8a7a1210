import type { Action } from '@turnwise/core'
import { expect, test } from 'vitest'
import { chooseFaster } from './chooseFaster.js'
import type { Execution } from './execution.js'
import type { WebDetector } from './loadDetector.js'

interface Fake {
  /** How long a word takes. */
  readonly wordMs?: number
  /** The probability of start_speaking; the others share the rest. */
  readonly probability?: number
  readonly fails?: boolean
}

/** Says the same of every word. */
function createFake(execution: Execution, { wordMs = 1, probability = 0.7, fails = false }: Fake) {
  const rest = (1 - probability) / 3
  const probabilities: Record<Action, number> = {
    start_speaking: probability,
    continue_listening: rest,
    start_listening: rest,
    continue_speaking: rest,
  }
  let isClosed = false
  const session = {
    async hear() {
      await new Promise((resolve) => setTimeout(resolve, wordMs))
      if (fails) throw new Error('The device was lost.')
      return { probabilities }
    },
    close: async () => undefined,
  }
  const detector = {
    execution,
    openSession: () => session,
    async close() {
      isClosed = true
    },
  }
  return { detector: detector as unknown as WebDetector, isClosed: () => isClosed }
}

test.each<[string, Fake, Fake, Execution]>([
  ['the faster one: WebGPU', { wordMs: 15 }, { wordMs: 1 }, 'webgpu'],
  ['the faster one: WebAssembly', { wordMs: 1 }, { wordMs: 15 }, 'wasm'],
  ['WebGPU although it differs a little', { wordMs: 15 }, { probability: 0.66 }, 'webgpu'],
  ['WebAssembly if WebGPU says something else', { wordMs: 15 }, { probability: 0.5 }, 'wasm'],
])('chooses %s', async (_, wasm, webgpu, expected) => {
  const fakes = { wasm: createFake('wasm', wasm), webgpu: createFake('webgpu', webgpu) }
  const chosen = await chooseFaster({ wasm: fakes.wasm.detector, webgpu: fakes.webgpu.detector })
  expect(chosen.execution).toBe(expected)
  expect([fakes.wasm.isClosed(), fakes.webgpu.isClosed()]).toEqual([expected !== 'wasm', expected !== 'webgpu'])
  const { wordMs, difference } = chosen.comparison ?? {}
  expect(wordMs?.wasm).toBeGreaterThanOrEqual((wasm.wordMs ?? 1) - 1)
  expect(wordMs?.webgpu).toBeGreaterThanOrEqual((webgpu.wordMs ?? 1) - 1)
  expect(difference).toBeCloseTo(0.7 - (webgpu.probability ?? 0.7), 5)
})

test('probabilities that are no numbers are not taken for agreement', async () => {
  const [wasm, webgpu] = [createFake('wasm', { wordMs: 15 }), createFake('webgpu', { probability: Number.NaN })]
  expect(await chooseFaster({ wasm: wasm.detector, webgpu: webgpu.detector })).toMatchObject({ execution: 'wasm' })
})

test('what fails while it is measured is not chosen, and nothing is told of it', async () => {
  const [wasm, webgpu] = [createFake('wasm', {}), createFake('webgpu', { fails: true })]
  const chosen = await chooseFaster({ wasm: wasm.detector, webgpu: webgpu.detector })
  expect(chosen).toMatchObject({ execution: 'wasm' })
  expect(chosen.comparison).toBeUndefined()
  expect([wasm.isClosed(), webgpu.isClosed()]).toEqual([false, true])
})
