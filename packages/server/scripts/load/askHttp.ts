import { Agent, request } from 'node:http'
import type { Spoken } from './conversation.js'

export interface HttpAnswer {
  readonly status: number
  /** Whether it says when to ask again. */
  readonly saysWhen: boolean
  readonly tookMs: number
}

/** Connections that stay open. */
export function createAgent(connections: number): Agent {
  return new Agent({ keepAlive: true, maxSockets: connections })
}

/** A prediction by the plainest client that there is: of `fetch` the client would be measured. */
export function askHttp(agent: Agent, url: string, messages: readonly Spoken[]): Promise<HttpAnswer> {
  const body = JSON.stringify({ messages })
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const beganMs = performance.now()
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/v1/predict`, { agent, method: 'POST', headers }, (response) => {
      response.resume()
      response.once('end', () => {
        const { statusCode: status = 0, headers } = response
        resolve({ status, saysWhen: headers['retry-after'] !== undefined, tookMs: performance.now() - beganMs })
      })
    })
    asked.once('error', reject)
    asked.end(body)
  })
}
