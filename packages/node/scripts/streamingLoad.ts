/** What `measureStreaming` does to a detector, and what it counts. */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Detector, type Session, TurnwiseError } from 'turnwise'

const USER_WORDS = 'well I was charged twice for the same order last week and nobody called me back'.split(' ')
const AGENT_TEXT = 'I am sorry to hear that let me look at your account what is the number of the order'
const GREETING = 'Thank you for calling my name is Anna what can I do for you today'
/** After so many turns of the user a call ends and another begins. */
const TURNS_A_CALL = 4
const RESOLUTION_MS = 1

/** Milliseconds. */
export interface Spread {
  readonly median: number
  readonly p99: number
}

/** What became of the words of {@link runCalls}. */
export interface LoadReport {
  readonly asked: number
  /** With a decision of their own. */
  readonly answered: number
  /** With the decision of a newer word. */
  readonly superseded: number
  /** As OVERLOADED. */
  readonly refused: number
  /** From the word to its decision. */
  readonly latencyMs: Spread
  /** By how much the event loop was late. */
  readonly loopDelayMs: Spread & { readonly max: number }
  readonly rssMegabytes: number
}

/** The median and the 99th percentile; NaN of nothing. */
export function spreadOf(times: readonly number[]): Spread {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
  return { median: at(0.5), p99: at(0.99) }
}

/** The memory of the process. */
export function rssMegabytes(): number {
  return Math.round(process.memoryUsage.rss() / 2 ** 20)
}

/** The time of each of `updates` words that take the place of another, after about `cachedTokens` tokens. */
export async function timeUpdates(detector: Detector, cachedTokens: number, updates: number): Promise<number[]> {
  const messages = [{ role: 'assistant', content: GREETING }] as { role: 'assistant' | 'user'; content: string }[]
  for (let tokens = await countTokens(detector, messages); tokens < cachedTokens; ) {
    const last = messages.at(-1)
    if (last !== undefined && last.content.split(' ').length < 24) last.content += ' indeed'
    else messages.push({ role: messages.length % 2 === 0 ? 'assistant' : 'user', content: 'yes' })
    tokens = await countTokens(detector, messages)
  }
  const session = detector.openSession({ messages })
  const times: number[] = []
  for (let update = -10; update < updates; update += 1) {
    const startMs = performance.now()
    await session.hear(`I was ${USER_WORDS[(update + 10) % USER_WORDS.length]}`)
    if (update >= 0) times.push(performance.now() - startMs)
  }
  await session.close()
  return times
}

async function countTokens(detector: Detector, messages: readonly { role: 'assistant' | 'user'; content: string }[]) {
  return (await detector.predict([...messages, { role: 'user', content: 'I was' }])).tokensRun
}

/** Calls that go on side by side, each with a word every `wordMs`, spread evenly. */
export async function runCalls(
  detector: Detector,
  { calls, seconds, wordMs }: { readonly calls: number; readonly seconds: number; readonly wordMs: number },
): Promise<LoadReport> {
  const times: number[] = []
  const pending: Promise<void>[] = []
  const seen = new WeakSet<object>()
  const counts = { asked: 0, answered: 0, superseded: 0, refused: 0 }
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })

  async function hear(session: Session, text: string): Promise<void> {
    counts.asked += 1
    const startMs = performance.now()
    try {
      const decision = await session.hear(text)
      times.push(performance.now() - startMs)
      // Calls that a newer one superseded are given the newer one's decision, the same object.
      if (seen.has(decision)) counts.superseded += 1
      else counts.answered += 1
      seen.add(decision)
    } catch (error) {
      if (!(error instanceof TurnwiseError) || error.code !== 'OVERLOADED') throw error
      counts.refused += 1
    }
  }

  async function talk(call: number, endMs: number): Promise<void> {
    let session = openCall(detector)
    let word = call
    let nextMs = performance.now() + (wordMs * call) / calls
    for (; nextMs < endMs; nextMs += wordMs) {
      await sleep(Math.max(0, nextMs - performance.now()))
      const place = word % USER_WORDS.length
      if (place === 0) {
        session.agentSpeaking(AGENT_TEXT)
        session.agentFinished()
      }
      if (word % (USER_WORDS.length * TURNS_A_CALL) === 0) {
        pending.push(session.close())
        session = openCall(detector)
      }
      pending.push(hear(session, USER_WORDS.slice(0, place + 1).join(' ')))
      word += 1
    }
    pending.push(session.close())
  }

  delays.enable()
  const endMs = performance.now() + seconds * 1000
  await Promise.all(Array.from({ length: calls }, (_, call) => talk(call, endMs)))
  await Promise.all(pending)
  delays.disable()
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
  return {
    ...counts,
    latencyMs: spreadOf(times),
    loopDelayMs: { median: late(delays.percentile(50)), p99: late(delays.percentile(99)), max: late(delays.max) },
    rssMegabytes: rssMegabytes(),
  }
}

/** Words for many sessions in turn, none of which is closed; `report` is called a hundred times. */
export async function soak(
  detector: Detector,
  { updates, sessions }: { readonly updates: number; readonly sessions: number },
  report: (done: number) => void,
): Promise<void> {
  const open = Array.from({ length: sessions }, () => openCall(detector))
  for (let update = 0; update < updates; update += 1) {
    const round = Math.floor(update / sessions)
    await open[update % sessions]?.hear(USER_WORDS.slice(0, (round % USER_WORDS.length) + 1).join(' '))
    if ((update + 1) % Math.ceil(updates / 100) === 0) report(update + 1)
  }
  await Promise.all(open.map((session) => session.close()))
}

function openCall(detector: Detector): Session {
  return detector.openSession({ messages: [{ role: 'assistant', content: GREETING }] })
}
