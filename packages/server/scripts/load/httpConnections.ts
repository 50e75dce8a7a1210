import { Pool } from 'undici'
import type { Spoken } from './conversation.js'
import { kindOfAnswer } from './kindOfAnswer.js'

/** What came of a request for a prediction. */
export interface HttpAnswer {
  /** `answered`, the code of the server's error, or that of a connection that broke. */
  readonly kind: string
  /** Whether it says when to ask again. */
  readonly saysWhen: boolean
  readonly tookMs: number
}

/** Connections that stay open, as many as are needed at a time. */
export interface HttpConnections {
  /** Asks for a prediction, on a connection that is free or a new one. Never fails. */
  ask(messages: readonly Spoken[]): Promise<HttpAnswer>
  close(): Promise<void>
}

export function openConnections(url: string): HttpConnections {
  const pool = new Pool(url)
  const headers = { 'content-type': 'application/json' }
  return {
    async ask(messages) {
      const body = JSON.stringify({ messages })
      const beganMs = performance.now()
      const tookMs = () => performance.now() - beganMs
      try {
        const response = await pool.request({ path: '/v1/predict', method: 'POST', headers, body })
        const kind = kindOfAnswer(response.statusCode, await response.body.text())
        return { kind, saysWhen: response.headers['retry-after'] !== undefined, tookMs: tookMs() }
      } catch (error) {
        const { code = 'BROKEN' } = error as NodeJS.ErrnoException
        return { kind: code, saysWhen: false, tookMs: tookMs() }
      }
    },
    close: () => pool.destroy(),
  }
}
