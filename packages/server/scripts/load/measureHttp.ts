import autocannon from 'autocannon'
import { conversationOf } from './conversation.js'

/** Predictions over HTTP, each connection asking again as soon as it is answered. */
export interface HttpResult {
  readonly connections: number
  readonly perSecond: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly refused: number
  readonly errors: number
}

export async function measureHttp(url: string, connections: number, seconds: number): Promise<HttpResult> {
  let number = 0
  const result = await autocannon({
    url: `${url}/v1/predict`,
    connections,
    duration: seconds,
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        setupRequest: (request) => {
          number += 1
          return { ...request, body: JSON.stringify({ messages: conversationOf(number) }) }
        },
      },
    ],
  })
  const { p50, p90, p99 } = result.latency
  return {
    connections,
    perSecond: Math.round((10 * result['2xx']) / result.duration) / 10,
    p50,
    p90,
    p99,
    refused: result.non2xx,
    errors: result.errors,
  }
}
