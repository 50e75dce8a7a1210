import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CancelSignal, throwIfAborted } from '@turnwise/core'
import { type Detector, type Session, TurnwiseError } from 'turnwise'
import type { BatchResult, LoadResult, SoakResult, Spread, ThroughputResult } from './latencyResult.js'
import { roundMs, spreadOf } from './spreadOf.js'

const USER_WORDS = 'well I was charged twice for the same order last week and nobody called me back'.split(' ')
const AGENT_TEXT = 'I am sorry to hear that let me look at your account what is the number of the order'
const GREETING = 'Thank you for calling my name is Anna what can I do for you today'
/** After so many turns of the user a call ends and another begins. */
const TURNS_A_CALL = 4
const LOOP_RESOLUTION_MS = 1
const SOAK_POINTS = 100
const BATCH_PROMPTS = 64

/** What the agent and the user of a made-up call say next. */
interface Call {
  /** The session for a word, ready to hear it. */
  next(): { readonly session: Session; readonly text: string }
  close(): Promise<void>
}

/** How long something is kept up, unless it is aborted. */
export interface LastingOptions {
  readonly seconds: number
  readonly signal?: CancelSignal | undefined
}

/** Sessions side by side, each of which asks for its next word as soon as it has a decision. */
export async function measureThroughput(
  name: string,
  detector: Detector,
  sessions: number,
  { seconds, signal }: LastingOptions,
): Promise<ThroughputResult> {
  const times: number[] = []
  const beginMs = performance.now()
  const endMs = beginMs + 1000 * seconds
  await Promise.all(
    Array.from({ length: sessions }, async (_, index) => {
      const call = openCall(detector, index)
      while (performance.now() < endMs && signal?.aborted !== true) {
        const { session, text } = call.next()
        const startMs = performance.now()
        await session.hear(text)
        times.push(performance.now() - startMs)
      }
      await call.close()
    }),
  )
  throwIfAborted(signal)
  const updatesPerSecond = Number(((1000 * times.length) / (performance.now() - beginMs)).toFixed(1))
  return { name, sessions, updatesPerSecond, latencyMs: spreadOf(times) }
}

/** Prompts of like length, so many at a time. */
export async function measureBatch(
  name: string,
  detector: Detector,
  { seconds, signal }: LastingOptions,
): Promise<BatchResult> {
  const requests = Array.from({ length: BATCH_PROMPTS }, (_, index) => ({
    messages: [{ role: 'user' as const, content: [...USER_WORDS, USER_WORDS[index % USER_WORDS.length]].join(' ') }],
  }))
  let prompts = 0
  let tokensEach = 0
  const beginMs = performance.now()
  while (performance.now() < beginMs + 1000 * seconds) {
    throwIfAborted(signal)
    const decisions = await detector.predictMany(requests)
    prompts += decisions.length
    tokensEach = decisions[0]?.tokensRun ?? 0
  }
  const promptsPerSecond = Number(((1000 * prompts) / (performance.now() - beginMs)).toFixed(1))
  return { name, prompts: BATCH_PROMPTS, tokensEach, promptsPerSecond }
}

/** How much is asked of {@link measureLoad}. */
export interface LoadOptions extends LastingOptions {
  readonly calls: number
  /** Between two words of a call. */
  readonly wordMs: number
}

/** Calls side by side, each with a word every `wordMs`, spread evenly, whether or not the last one is answered. */
export async function measureLoad(
  name: string,
  detector: Detector,
  { calls, seconds, wordMs, signal }: LoadOptions,
): Promise<LoadResult> {
  const times: number[] = []
  const pending: Promise<void>[] = []
  const seen = new WeakSet<object>()
  const counts = { asked: 0, answered: 0, superseded: 0, refused: 0 }

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

  async function talk(index: number, endMs: number): Promise<void> {
    const call = openCall(detector, index)
    for (let nextMs = performance.now() + (wordMs * index) / calls; nextMs < endMs; nextMs += wordMs) {
      if (signal?.aborted === true) break
      await sleep(Math.max(0, nextMs - performance.now()))
      const { session, text } = call.next()
      const heard = hear(session, text)
      // It is awaited only once all calls have ended; a failure that nobody has seen by then would end the process.
      heard.catch(() => undefined)
      pending.push(heard)
    }
    pending.push(call.close())
  }

  const delays = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })
  delays.enable()
  const endMs = performance.now() + 1000 * seconds
  await Promise.all(Array.from({ length: calls }, (_, index) => talk(index, endMs)))
  await Promise.all(pending)
  delays.disable()
  throwIfAborted(signal)
  const late = (nanoseconds: number) => roundMs(Math.max(0, nanoseconds / 1e6 - LOOP_RESOLUTION_MS))
  const [median, p90, p99] = [50, 90, 99].map((share) => late(delays.percentile(share)))
  const loopDelayMs: Spread = {
    count: delays.count,
    median: median ?? 0,
    p90: p90 ?? 0,
    p99: p99 ?? 0,
    max: late(delays.max),
  }
  const rssBytes = process.memoryUsage.rss()
  return { name, calls, wordMs, ...counts, latencyMs: spreadOf(times), loopDelayMs, rssBytes }
}

/** How much is asked of {@link soak}. */
export interface SoakOptions {
  readonly updates: number
  readonly sessions: number
  readonly signal?: CancelSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** Words for many sessions in turn, none of which is closed before the end: memory must stay flat. */
export async function soak(
  name: string,
  detector: Detector,
  { updates, sessions, signal, onProgress }: SoakOptions,
): Promise<SoakResult> {
  const open = Array.from({ length: sessions }, () => openSession(detector))
  const points: { updates: number; rssBytes: number }[] = []
  for (let update = 0; update < updates; update += 1) {
    throwIfAborted(signal)
    const round = Math.floor(update / sessions)
    await open[update % sessions]?.hear(USER_WORDS.slice(0, (round % USER_WORDS.length) + 1).join(' '))
    const isPoint = (update + 1) % Math.ceil(updates / SOAK_POINTS) === 0
    if (isPoint) points.push({ updates: update + 1, rssBytes: process.memoryUsage.rss() })
    onProgress?.(update + 1, updates)
  }
  await Promise.all(open.map((session) => session.close()))
  return { name, sessions, points }
}

/** A call that goes on for ever, a new one after some turns. */
function openCall(detector: Detector, firstWord: number): Call {
  let session = openSession(detector)
  let word = firstWord
  const closing: Promise<void>[] = []
  return {
    next() {
      const place = word % USER_WORDS.length
      if (place === 0) {
        session.agentSpeaking(AGENT_TEXT)
        session.agentFinished()
      }
      if (word % (USER_WORDS.length * TURNS_A_CALL) === 0) {
        closing.push(session.close())
        session = openSession(detector)
      }
      word += 1
      return { session, text: USER_WORDS.slice(0, place + 1).join(' ') }
    },
    async close() {
      await Promise.all([...closing, session.close()])
    },
  }
}

function openSession(detector: Detector): Session {
  return detector.openSession({ messages: [{ role: 'assistant', content: GREETING }] })
}
