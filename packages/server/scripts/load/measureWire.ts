import { type Spread, spreadOf } from '@turnwise/bench'
import { type Detector, loadDetector } from 'turnwise'
import { askHttp, createAgent } from './askHttp.js'
import { callSteps, conversationOf } from './conversation.js'
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
const WARM_UP = 20

export async function measureWire(url: string, model: string | undefined, rounds: number): Promise<WireResult[]> {
  const detector = await loadDetector({ model })
  try {
    await warmUp(url)
    return [await comparePredictions(url, detector, rounds), await compareUpdates(url, detector, rounds)]
  } finally {
    await detector.close()
  }
}

async function warmUp(url: string): Promise<void> {
  const agent = createAgent(WARM_UP_CONNECTIONS)
  await Promise.all(Array.from({ length: WARM_UP_REQUESTS }, (_, index) => askHttp(agent, url, conversationOf(index))))
  agent.destroy()
}

async function comparePredictions(url: string, detector: Detector, rounds: number): Promise<WireResult> {
  const agent = createAgent(1)
  const result = await compare('a prediction over HTTP', rounds, {
    inProcess: (round) => timed(() => detector.predict(conversationOf(round))),
    overWire: async (round) => (await askHttp(agent, url, conversationOf(round))).tookMs,
  })
  agent.destroy()
  return result
}

async function compareUpdates(url: string, detector: Detector, rounds: number): Promise<WireResult> {
  const call = await openCall(url, 'wire')
  const hearHere = createLocalCall(detector)
  const result = await compare('a word in a session over WebSocket', rounds, {
    inProcess: () => timed(hearHere),
    overWire: async () => (await call.next()).tookMs,
  })
  call.close()
  return result
}

/** The call of `openCall`, in this process. */
function createLocalCall(detector: Detector): () => Promise<unknown> {
  const steps = callSteps()
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
  for (let round = 0; round < rounds + WARM_UP; round += 1) {
    const [ownMs, wireMs] = [await inProcess(round), await overWire(round)]
    if (round < WARM_UP) continue
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
