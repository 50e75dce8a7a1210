import { type Spread, spreadOf } from '@turnwise/bench'
import { type Detector, type LoadOptions, loadDetector } from 'turnwise'
import { callSteps, conversationOf } from './conversation.js'
import { openConnections } from './httpConnections.js'
import { openCall } from './streamDriver.js'

/** The same in this process and over the wire, one at a time and in turns. */
export interface WireResult {
  readonly name: string
  readonly inProcessMs: Spread
  readonly overWireMs: Spread
  /** Of the medians. */
  readonly overheadMs: number
}

/** Until both sides have compiled what they run: a server answers its millionth request, not its first. */
const WARM_UP_REQUESTS = 1000
const WARM_UP_CONNECTIONS = 16
/** Of each comparison. */
const WARM_UP_ROUNDS = 100

/** @param options what the server has loaded its model with */
export async function measureWire(url: string, options: LoadOptions, rounds: number): Promise<WireResult[]> {
  const detector = await loadDetector(options)
  try {
    await warmUp((number) => detector.predict(conversationOf(number)))
    return [await comparePredictions(url, detector, rounds), await compareUpdates(url, detector, rounds)]
  } finally {
    await detector.close()
  }
}

/** Asks often, several at a time. */
async function warmUp(ask: (number: number) => Promise<unknown>): Promise<void> {
  let number = 0
  async function keepAsking(): Promise<void> {
    for (; number < WARM_UP_REQUESTS; number += 1) await ask(number)
  }
  await Promise.all(Array.from({ length: WARM_UP_CONNECTIONS }, keepAsking))
}

async function comparePredictions(url: string, detector: Detector, rounds: number): Promise<WireResult> {
  const http = openConnections(url)
  await warmUp((number) => http.ask(conversationOf(number)))
  const result = await compare('a prediction over HTTP', rounds, {
    inProcess: (round) => timed(() => detector.predict(conversationOf(round))),
    overWire: async (round) => (await http.ask(conversationOf(round))).tookMs,
  })
  await http.close()
  return result
}

async function compareUpdates(url: string, detector: Detector, rounds: number): Promise<WireResult> {
  const call = await openCall(url, 0)
  const hearHere = createLocalCall(detector)
  const result = await compare('a word in a session over WebSocket', rounds, {
    inProcess: () => timed(hearHere),
    overWire: async () => (await call.next()).tookMs,
  })
  await call.close()
  return result
}

/** The call of `openCall`, in this process. */
function createLocalCall(detector: Detector): () => Promise<unknown> {
  const steps = callSteps(0)
  let session = detector.openSession()
  return async () => {
    for (;;) {
      const step = steps.next().value
      if (step.kind === 'words') return session.hear(step.text)
      if (step.kind === 'begin') {
        await session.close()
        session = detector.openSession()
      } else {
        session.agentSpeaking(step.text)
        session.agentFinished()
      }
    }
  }
}

interface Sides {
  inProcess(round: number): Promise<number>
  overWire(round: number): Promise<number>
}

async function compare(name: string, rounds: number, { inProcess, overWire }: Sides): Promise<WireResult> {
  const own: number[] = []
  const wire: number[] = []
  for (let round = 0; round < rounds + WARM_UP_ROUNDS; round += 1) {
    const [ownMs, wireMs] = [await inProcess(round), await overWire(round)]
    if (round < WARM_UP_ROUNDS) continue
    own.push(ownMs)
    wire.push(wireMs)
  }
  const [inProcessMs, overWireMs] = [spreadOf(own), spreadOf(wire)]
  const overheadMs = Math.round(100 * (overWireMs.median - inProcessMs.median)) / 100
  return { name, inProcessMs, overWireMs, overheadMs }
}

async function timed(task: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now()
  await task()
  return performance.now() - beganMs
}
