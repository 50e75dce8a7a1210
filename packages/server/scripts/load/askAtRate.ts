import { setTimeout as sleep } from 'node:timers/promises'
import { conversationOf } from './conversation.js'
import { type HttpAnswer, openConnections } from './httpConnections.js'

/** What came of requests at a rate. */
export interface RateResult {
  readonly answers: readonly HttpAnswer[]
  /** From the first request to the last answer. */
  readonly tookMs: number
}

/** How often requests are sent, ms: several at a time where there are more. */
const TICK_MS = 5

/** Asks for predictions at a rate, whether or not those before are answered. */
export async function askAtRate(url: string, perSecond: number, seconds: number): Promise<RateResult> {
  const http = openConnections(url)
  const pending: Promise<HttpAnswer>[] = []
  const beganMs = performance.now()
  for (; performance.now() < beganMs + 1000 * seconds; await sleep(TICK_MS)) {
    const due = (perSecond * (performance.now() - beganMs)) / 1000
    while (pending.length < due) pending.push(http.ask(conversationOf(pending.length)))
  }
  const answers = await Promise.all(pending)
  await http.close()
  return { answers, tookMs: performance.now() - beganMs }
}
