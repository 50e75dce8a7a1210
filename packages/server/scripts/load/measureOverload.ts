import { setTimeout as sleep } from 'node:timers/promises'
import { spreadOf } from '@turnwise/bench'
import { askAtRate } from './askAtRate.js'
import { conversationOf } from './conversation.js'
import { openConnections } from './httpConnections.js'
import { ANSWERED } from './kindOfAnswer.js'
import { countOutcomes, type Outcomes } from './outcomes.js'

/** Twice as many predictions as the server can bear, and what it is like afterwards. */
export interface OverloadResult extends Outcomes {
  readonly offeredPerSecond: number
  readonly answeredPerSecond: number
  /** Of the best throughput. */
  readonly keptShare: number
  /** From the end of the load until a single prediction is as fast as before. */
  readonly recoveredAfterMs: number
}

const SAMPLES = 20
/** As fast as before: no more than so many times as long. */
const ALIKE = 1.5
const PAUSE_MS = 20
const GIVE_UP_MS = 30_000

export async function measureOverload(url: string, best: number, seconds: number): Promise<OverloadResult> {
  const http = openConnections(url)

  async function askOne(): Promise<number> {
    const { kind, tookMs } = await http.ask(conversationOf(1))
    return kind === ANSWERED ? tookMs : Number.POSITIVE_INFINITY
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
  const [{ answers, tookMs }, recoveredAfterMs] = await Promise.all([
    askAtRate(url, 2 * best, seconds),
    sleep(1000 * seconds).then(recover),
  ])
  await http.close()
  const outcomes = countOutcomes(answers)
  const answeredPerSecond = Math.round((10_000 * outcomes.answered) / tookMs) / 10
  return {
    offeredPerSecond: Math.round(2 * best),
    answeredPerSecond,
    keptShare: Math.round((1000 * answeredPerSecond) / best) / 1000,
    ...outcomes,
    recoveredAfterMs,
  }
}
