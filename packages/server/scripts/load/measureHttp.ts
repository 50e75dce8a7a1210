import { conversationOf } from './conversation.js'
import { type HttpAnswer, openConnections } from './httpConnections.js'
import { countOutcomes, type Outcomes } from './outcomes.js'

/** Predictions over HTTP, each connection asking again as soon as it is answered. */
export interface HttpResult extends Outcomes {
  readonly connections: number
  readonly perSecond: number
}

export async function measureHttp(url: string, connections: number, seconds: number): Promise<HttpResult> {
  const http = openConnections(url)
  const answers: HttpAnswer[] = []
  let number = 0
  const beganMs = performance.now()
  const endMs = beganMs + 1000 * seconds

  async function keepAsking(): Promise<void> {
    while (performance.now() < endMs) {
      number += 1
      answers.push(await http.ask(conversationOf(number)))
    }
  }

  await Promise.all(Array.from({ length: connections }, keepAsking))
  const tookSeconds = (performance.now() - beganMs) / 1000
  http.close()
  const outcomes = countOutcomes(answers)
  return { connections, perSecond: Math.round((10 * outcomes.answered) / tookSeconds) / 10, ...outcomes }
}
