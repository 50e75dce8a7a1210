import type { Action } from '@turnwise/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { chooseFaster } from './chooseFaster.js'
import type { Execution } from './execution.js'
import type { WebDetector } from './webDetector.js'

interface Fake {
  /** How long a word takes. */
  readonly wordMs?: number
  /** The probability of start_speaking; the others share the rest. */
  readonly probability?: number
  readonly fails?: boolean
  readonly hangs?: boolean
}

/** Says the same of every word. */
function createFake(
  execution: Execution,
  { wordMs = 1, probability = 0.7, fails = false, hangs = false }: Fake,
): WebDetector {
  const rest = (1 - probability) / 3
  const probabilities: Record<Action, number> = {
    start_speaking: probability,
    continue_listening: rest,
    start_listening: rest,
    continue_speaking: rest,
  }
  const session = {
    async hear() {
      await new Promise((resolve) => setTimeout(resolve, wordMs))
      if (fails) throw new Error('The device was lost.')
      if (hangs) await new Promise(() => undefined)
      return { probabilities }
    },
    close: async () => undefined,
  }
  return { execution, openSession: () => session } as unknown as WebDetector
}

test.each<[string, Fake, Fake, Execution]>([
  ['the faster one: WebGPU', { wordMs: 15 }, { wordMs: 1 }, 'webgpu'],
  ['the faster one: WebAssembly', { wordMs: 1 }, { wordMs: 15 }, 'wasm'],
  ['WebGPU although it differs a little', { wordMs: 15 }, { probability: 0.66 }, 'webgpu'],
  ['WebAssembly if WebGPU says something else', { wordMs: 15 }, { probability: 0.5 }, 'wasm'],
])('chooses %s', async (_, wasm, webgpu, expected) => {
  const chosen = await chooseFaster(createFake('wasm', wasm), Promise.resolve(createFake('webgpu', webgpu)))
  expect(chosen.execution).toBe(expected)
  const { wordMs, difference } = chosen.comparison ?? {}
  expect(wordMs?.wasm).toBeGreaterThanOrEqual((wasm.wordMs ?? 1) - 1)
  expect(wordMs?.webgpu).toBeGreaterThanOrEqual((webgpu.wordMs ?? 1) - 1)
  expect(difference).toBeCloseTo(0.7 - (webgpu.probability ?? 0.7), 5)
})

test('probabilities that are no numbers are not taken for agreement', async () => {
  const webgpu = createFake('webgpu', { probability: Number.NaN })
  expect(await chooseFaster(createFake('wasm', { wordMs: 15 }), Promise.resolve(webgpu))).toMatchObject({
    execution: 'wasm',
  })
})

test.each<[string, () => Promise<WebDetector>]>([
  ['does not open', () => Promise.reject(new Error('There is no device.'))],
  ['fails while it is measured', async () => createFake('webgpu', { fails: true })],
  ['does not open, and says nothing', () => new Promise(() => undefined)],
  ['says nothing while it is measured', async () => createFake('webgpu', { hangs: true })],
])('what %s is not chosen, and nothing is told of it', async (_, open) => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const choosing = chooseFaster(createFake('wasm', {}), open())
  await vi.advanceTimersByTimeAsync(10_100)
  const chosen = await choosing
  expect(chosen.execution).toBe('wasm')
  expect(chosen.comparison).toBeUndefined()
})

test('nothing is measured once the choice is made', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const slow = createFake('wasm', { wordMs: 1_000 })
  const { hear, close } = spyOn(slow)
  const choosing = chooseFaster(slow, Promise.resolve(createFake('webgpu', {})))
  await vi.advanceTimersByTimeAsync(10_100)
  expect((await choosing).comparison).toBeUndefined()
  const heard = hear.mock.calls.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(hear).toHaveBeenCalledTimes(heard)
  expect(close).toHaveBeenCalledOnce()
})

function spyOn(detector: WebDetector) {
  const session = detector.openSession()
  return { hear: vi.spyOn(session, 'hear'), close: vi.spyOn(session, 'close') }
}
