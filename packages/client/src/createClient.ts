import { type Decision, type Detector, type PredictRequest, TurnwiseError } from '@turnwise/core'
import { type ClientOptions, resolveClientOptions } from './clientOptions.js'
import type { ClientSession, ClientSessionOptions } from './clientSession.js'
import { createConnection } from './createConnection.js'
import { openClientSession } from './openClientSession.js'
import { requestJson } from './requestJson.js'

/**
 * A server, with the interface of a detector in the same process. Besides its own errors it throws those of the server,
 * by their codes, DEADLINE_EXCEEDED after `timeoutMs`, and REMOTE_FAILED where there is no server.
 */
export interface Client extends Pick<Detector, 'predict' | 'predictMany'> {
  /**
   * Opens a session over the one stream of this client. Lost connections are opened again, and the session goes on,
   * on another instance if need be.
   *
   * @throws TurnwiseError INVALID_MESSAGES, UNKNOWN_ROLE, INVALID_CONTENT, MALFORMED_TEXT, MESSAGE_TOO_LONG,
   *   INVALID_OPTION, DETECTOR_CLOSED. What the server refuses is thrown by the first `hear`.
   */
  openSession(options?: ClientSessionOptions): ClientSession
  /** Ends the stream, and with it all sessions of this client. May be called again. */
  close(): Promise<void>
}

/** Conversations of one request; as many as the server takes by default. */
const BATCH_SIZE = 256

/** @throws TurnwiseError INVALID_OPTION */
export function createClient(options: ClientOptions): Client {
  const endpoint = resolveClientOptions(options)
  const connection = createConnection(endpoint)
  let isClosed = false

  function throwIfClosed(): void {
    if (isClosed) throw new TurnwiseError('DETECTOR_CLOSED', 'The client is closed.')
  }

  return {
    async predict(messages, { agentSpeaking, signal } = {}) {
      throwIfClosed()
      const decision = await requestJson(endpoint, 'v1/predict', { messages, agentSpeaking }, signal)
      return decision as unknown as Decision
    },
    async predictMany(requests, { signal } = {}) {
      throwIfClosed()
      const decisions: Decision[] = []
      for (let start = 0; start < requests.length; start += BATCH_SIZE) {
        const conversations: readonly PredictRequest[] = requests.slice(start, start + BATCH_SIZE)
        const answer = await requestJson(endpoint, 'v1/predict', { conversations }, signal)
        decisions.push(...(answer.decisions as Decision[]))
      }
      return decisions
    },
    openSession(options = {}) {
      throwIfClosed()
      return openClientSession(connection, options, endpoint.timeoutMs)
    },
    async close() {
      isClosed = true
      connection.close()
    },
  }
}
