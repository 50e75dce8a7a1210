import { createFuzzCaller } from './fuzzCaller.js'
import { createFrames } from './fuzzFrames.js'
import { createRandom } from './random.js'

/** What to send. */
export interface FuzzOptions {
  /** The same seed gives the same frames. */
  readonly seed: number
  readonly frames: number
}

/** What came of it. */
export interface FuzzReport {
  /** How often each type of reply came. */
  readonly replies: Readonly<Record<string, number>>
  /** Connections that the server ended, and that were opened again. */
  readonly reconnections: number
  /** Right calls of somebody else meanwhile, all of them answered. */
  readonly callsAnswered: number
}

const CALLERS = 8
/** After so many frames somebody else has to be answered. */
const INTERVAL = 250

/**
 * Sends a server frames, most of them wrong, over several streams, and looks whether somebody else is answered meanwhile.
 *
 * @throws Error if a reply is none of the protocol, if the server failed, or if a right request is not answered in time
 */
export async function fuzzStream(url: string, { seed, frames }: FuzzOptions): Promise<FuzzReport> {
  const random = createRandom(seed)
  const sources = Array.from({ length: CALLERS }, (_, index) => {
    return { caller: createFuzzCaller(url), nextFrame: createFrames(random, `caller-${index}`) }
  })
  const callers = sources.map(({ caller }) => caller)
  const other = createFuzzCaller(url)
  let callsAnswered = 0

  async function callOfAnother(): Promise<void> {
    const session = `other-${callsAnswered}`
    await other.ask({ type: 'open', session }, 'opened')
    await other.ask({ type: 'hear', session, seq: 1, text: 'is anybody there' }, 'decision')
    await other.ask({ type: 'close', session }, 'closed')
    const body = JSON.stringify({ messages: [{ role: 'user', content: 'hello' }] })
    const headers = { 'content-type': 'application/json' }
    const { status } = await fetch(`${url}/v1/predict`, { method: 'POST', headers, body })
    if (status !== 200 || other.connections !== 1) throw new Error(`Somebody else is answered ${status}.`)
    callsAnswered += 1
  }

  try {
    for (let sent = 0; sent < frames; sent += 1) {
      const { caller, nextFrame } = random.pick(sources)
      await caller.send(nextFrame())
      if (sent % INTERVAL !== 0) continue
      await callOfAnother()
      await Promise.all(callers.map((caller) => caller.ask({ type: 'ping' }, 'pong')))
    }
    await callOfAnother()
  } finally {
    for (const caller of [...callers, other]) caller.close()
  }
  const replies: Record<string, number> = {}
  for (const caller of callers) {
    for (const [type, count] of caller.replies) replies[type] = (replies[type] ?? 0) + count
  }
  const reconnections = callers.reduce((sum, { connections }) => sum + Math.max(0, connections - 1), 0)
  return { replies, reconnections, callsAnswered }
}
