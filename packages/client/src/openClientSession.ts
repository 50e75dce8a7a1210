import {
  type CancelSignal,
  type SessionDecision,
  TurnwiseError,
  validateExpectation,
  validateFlag,
  validateMessages,
  validateText,
  validateTime,
} from '@turnwise/core'
import { type Call, createCall } from './call.js'
import type { ClientSession, ClientSessionOptions } from './clientSession.js'
import type { Connection } from './createConnection.js'
import { createSessionLink } from './createSessionLink.js'
import type { SessionEvent } from './protocol.js'
import { validateSessionId } from './validate.js'

/** @throws TurnwiseError as `Client.openSession` */
export function openClientSession(
  connection: Connection,
  { id = crypto.randomUUID(), resume, ...start }: ClientSessionOptions,
  timeoutMs: number,
): ClientSession {
  validateSessionId(id)
  validateMessages(start.messages ?? [])
  validateExpectation(start.expect)
  const link = createSessionLink(connection, id, resume === undefined ? start : { resume })
  const waiting = new Set<Promise<unknown>>()
  /** What was told here of who speaks. */
  let toldSpeaking: boolean | undefined
  let isClosed = false

  /** Before anything is told here, the server knows it: the session may have been resumed. */
  function isAgentSpeaking(): boolean {
    return toldSpeaking ?? link.beganSpeaking
  }

  function throwIfClosed(): void {
    if (isClosed) throw new TurnwiseError('SESSION_CLOSED', 'The session is closed.')
    if (link.ended !== undefined) throw link.ended
  }

  function tell(event: SessionEvent): void {
    throwIfClosed()
    link.tell(event)
  }

  async function ask<Answer>(begin: (call: Call<Answer>) => void, signal?: CancelSignal): Promise<Answer> {
    throwIfClosed()
    const call = createCall<Answer>(timeoutMs, signal)
    waiting.add(call.answer)
    try {
      begin(call)
      return await call.answer
    } finally {
      waiting.delete(call.answer)
    }
  }

  function decide(event: SessionEvent, signal?: CancelSignal): Promise<SessionDecision | undefined> {
    return ask((call) => link.tell(event, call), signal)
  }

  return {
    id,
    get isAgentSpeaking() {
      return isAgentSpeaking()
    },
    agentSpeaking(text) {
      validateText(text, "The agent's text")
      tell({ type: 'agentSpeaking', text })
      if (!isAgentSpeaking()) link.settle()
      toldSpeaking = true
    },
    agentFinished(text) {
      if (text !== undefined) validateText(text, "The agent's text")
      tell({ type: 'agentFinished', text })
      toldSpeaking = false
      link.settle()
    },
    expecting(expect) {
      validateExpectation(expect)
      tell({ type: 'expecting', expect: expect ?? null })
    },
    addMessage(message) {
      validateMessages([message])
      tell({ type: 'addMessage', message })
      link.settle()
    },
    async hear(text, { final, atMs = Date.now(), signal } = {}) {
      validateText(text, "The user's text")
      validateFlag('final', final)
      validateTime(atMs)
      const decision = await decide({ type: 'hear', text, final, atMs }, signal)
      if (decision === undefined) throw new TurnwiseError('REMOTE_FAILED', 'The server answered no decision.')
      return decision
    },
    async userSilent(atMs = Date.now()) {
      validateTime(atMs)
      return decide({ type: 'userSilent', atMs })
    },
    save: () => ask((call) => link.save(call)),
    async close() {
      if (isClosed) return
      isClosed = true
      await Promise.allSettled(waiting)
      await link.close()
    },
  }
}
