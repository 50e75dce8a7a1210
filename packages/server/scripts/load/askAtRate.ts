import { setTimeout as sleep } from 'node:timers/promises'
import { askHttp, createAgent, type HttpAnswer } from './askHttp.js'
import { conversationOf } from './conversation.js'

/** What came of requests at a rate. */
export interface RateResult {
  readonly answers: readonly HttpAnswer[]
  /** Connections that broke. */
  readonly errors: number
  /** From the first request to the last answer. */
  readonly tookMs: number
}

/** More than ever are open: requests are not to wait for each other on this side. */
const CONNECTIONS = 2000
/** How often requests are sent, ms: several at a time where there are more. */
const TICK_MS = 5

/** Asks for predictions at a rate, whether or not those before are answered. */
export async function askAtRate(url: string, perSecond: number, seconds: number): Promise<RateResult> {
  const agent = createAgent(CONNECTIONS)
  const answers: HttpAnswer[] = []
  const pending: Promise<void>[] = []
  let errors = 0
  const beganMs = performance.now()
  for (let asked = 0; performance.now() < beganMs + 1000 * seconds; await sleep(TICK_MS)) {
    const due = (perSecond * (performance.now() - beganMs)) / 1000
    for (; asked < due; asked += 1) {
      const answer = askHttp(agent, url, conversationOf(asked)).then(
        (each) => void answers.push(each),
        () => {
          errors += 1
        },
      )
      pending.push(answer)
    }
  }
  await Promise.all(pending)
  agent.destroy()
  return { answers, errors, tookMs: performance.now() - beganMs }
}
