import { ACTIONS, type Detector, type Message, type SessionDecision } from '@turnwise/core'
import type { ExecutionComparison, WebDetector } from './webDetector.js'

/** What is heard: long enough for the kernels of long prompts too. */
const MESSAGES: readonly Message[] = [
  { role: 'user', content: 'hello I have a question about the invoice that came with the post this morning' },
  {
    role: 'assistant',
    content: 'Of course, I will be glad to look at it with you. What would you like to know about it?',
  },
]
const WORDS = 'the second line says forty two but I have paid that in March already'.split(' ')

/**
 * How large a difference may be. WebGPU does not round activations to 8 bits: 0.02 is usual; wrong kernels are beyond
 * 0.1.
 */
const MOST_DIFFERENCE = 0.06

/** How long WebGPU may keep a page waiting whose WebAssembly is ready. */
const PATIENCE_MS = 10_000

/**
 * Measures two detectors: WebGPU's is chosen if it is faster and agrees with WebAssembly's. One that fails, or does not
 * come in time, is not.
 */
export async function chooseFaster(wasm: WebDetector, opening: Promise<WebDetector>): Promise<WebDetector> {
  const stop = new AbortController()
  const measured = await inTime(compare(wasm, opening, stop.signal)).catch(() => undefined)
  // What is not over would take the time of the decisions that the page asks for.
  stop.abort()
  if (measured === undefined) return wasm
  const { webgpu, comparison } = measured
  const { wordMs, difference } = comparison
  const isBetter = wordMs.webgpu < wordMs.wasm && difference <= MOST_DIFFERENCE
  return { ...(isBetter ? webgpu : wasm), comparison }
}

/** Has both decide about the same words, one after the other. */
async function compare(
  wasm: WebDetector,
  opening: Promise<WebDetector>,
  signal: AbortSignal,
): Promise<{ webgpu: WebDetector; comparison: ExecutionComparison }> {
  const webgpu = await opening
  const [one, other] = [await measure(wasm, signal), await measure(webgpu, signal)]
  const differences = WORDS.map((_, index) => differenceOf(one.decisions[index], other.decisions[index]))
  const comparison = {
    wordMs: { wasm: one.wordMs, webgpu: other.wordMs },
    difference: differences.reduce((sum, each) => sum + each, 0) / WORDS.length,
  }
  return { webgpu, comparison }
}

/** Drivers that hang say nothing: undefined if it takes too long. */
function inTime<Value>(value: Promise<Value>): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, PATIENCE_MS)
    value.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

async function measure(
  detector: Detector,
  signal: AbortSignal,
): Promise<{ decisions: readonly SessionDecision[]; wordMs: number }> {
  // Kernels are compiled for the sizes that come, the first time that they come.
  await hear(detector, signal)
  const { decisions, times } = await hear(detector, signal)
  // The first word runs the whole prompt.
  const sorted = times.slice(1).sort((a, b) => a - b)
  return { decisions, wordMs: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN }
}

async function hear(
  detector: Detector,
  signal: AbortSignal,
): Promise<{ decisions: readonly SessionDecision[]; times: number[] }> {
  const session = detector.openSession({ messages: MESSAGES })
  const decisions: SessionDecision[] = []
  const times: number[] = []
  try {
    for (const [index] of WORDS.entries()) {
      signal.throwIfAborted()
      const start = performance.now()
      decisions.push(await session.hear(WORDS.slice(0, index + 1).join(' ')))
      times.push(performance.now() - start)
    }
  } finally {
    await session.close()
  }
  return { decisions, times }
}

function differenceOf(one: SessionDecision | undefined, other: SessionDecision | undefined): number {
  const differences = ACTIONS.map((action) => {
    const [first = Number.NaN, second = Number.NaN] = [one?.probabilities[action], other?.probabilities[action]]
    return Math.abs(first - second)
  })
  return Math.max(...differences)
}
