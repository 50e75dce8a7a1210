import { setTimeout as sleep } from 'node:timers/promises'
import { type Spread, spreadOf } from '@turnwise/bench'
import { askAtRate } from './askAtRate.js'
import { askHttp, createAgent, type HttpAnswer } from './askHttp.js'
import { conversationOf } from './conversation.js'

/** Twice as many predictions as the server can bear, and what it is like afterwards. */
export interface OverloadResult {
  readonly offeredPerSecond: number
  readonly answeredPerSecond: number
  /** Of the best throughput. */
  readonly keptShare: number
  readonly answeredMs: Spread
  readonly refused: number
  /** How soon the refusals came. */
  readonly refusedMs: Spread
  /** Neither answered nor refused with 503 and when to come again. */
  readonly others: number
  /** From the end of the load until a single prediction is as fast as before. */
  readonly recoveredAfterMs: number
}

const REFUSED = 503
const SAMPLES = 20
/** As fast as before: no more than so many times as long. */
const ALIKE = 1.5
const PAUSE_MS = 20
const GIVE_UP_MS = 30_000

export async function measureOverload(url: string, best: number, seconds: number): Promise<OverloadResult> {
  const agent = createAgent(1)

  async function askOne(): Promise<number> {
    const { status, tookMs } = await askHttp(agent, url, conversationOf(1))
    return status === 200 ? tookMs : Number.POSITIVE_INFINITY
  }

  /** How long it takes from now until one is answered as fast as before. */
  async function recover(): Promise<number> {
    const beganMs = performance.now()
    while ((await askOne()) > ALIKE * usualMs && performance.now() < beganMs + GIVE_UP_MS) await sleep(PAUSE_MS)
    return Math.round(performance.now() - beganMs)
  }

  const before: number[] = []
  for (let sample = 0; sample < SAMPLES; sample += 1) before.push(await askOne())
  const usualMs = spreadOf(before).median
  const [{ answers, errors, tookMs }, recoveredAfterMs] = await Promise.all([
    askAtRate(url, 2 * best, seconds),
    sleep(1000 * seconds).then(recover),
  ])
  agent.destroy()

  const timesOf = (some: readonly HttpAnswer[]) => some.map(({ tookMs }) => tookMs)
  const answered = timesOf(answers.filter(({ status }) => status === 200))
  const refused = timesOf(answers.filter(({ status, saysWhen }) => status === REFUSED && saysWhen))
  const answeredPerSecond = Math.round((10_000 * answered.length) / tookMs) / 10
  return {
    offeredPerSecond: Math.round(2 * best),
    answeredPerSecond,
    keptShare: Math.round((1000 * answeredPerSecond) / best) / 1000,
    answeredMs: spreadOf(answered),
    refused: refused.length,
    refusedMs: spreadOf(refused),
    others: answers.length - answered.length - refused.length + errors,
    recoveredAfterMs,
  }
}
