import { setTimeout } from 'node:timers/promises'
import { type SessionDecision, TurnwiseError } from '@turnwise/core'
import type { ServerContext } from '../context.js'
import { countDecision } from '../decideMany.js'
import { toTurnwiseError } from '../describeError.js'
import { wireErrorOf } from '../errorHandling.js'
import type { StreamReply, StreamRequest } from '../schemas/stream.js'
import { applyEvent } from '../sessions/applyEvent.js'
import { openSession } from '../sessions/openSession.js'
import type { LeaveReason, StoredSession } from '../sessions/sessionStore.js'
import { traced } from '../traced.js'
import { readRequest } from './readRequest.js'

/** Many sessions of one caller, whatever carries the messages. */
export interface Stream {
  /** Decisions that are still to come. */
  readonly pending: number
  /** Takes a message. What is wrong with it is answered; nothing is thrown. */
  receive(text: string): void
  /** The connection is gone: the sessions stay open, for another stream to attach to. */
  leave(): void
  /** Gives the sessions back with their tokens, once the decisions that are under way have been sent. */
  handBack(): Promise<void>
}

type SessionEventRequest = Extract<StreamRequest, { seq: number }>

interface Outcome {
  readonly stored: StoredSession
  readonly seq: number
  readonly decision: SessionDecision | undefined
  /** Measures how long it took. */
  endTimer(): void
}

/** @param send takes a message to the caller */
export function createStream(context: ServerContext, owner: string, send: (reply: StreamReply) => void): Stream {
  const { sessions, resumeTokens, health, metrics } = context
  const held = new Map<string, StoredSession>()
  const running = new Set<Promise<void>>()
  let outcomes: Outcome[] = []

  function hold(stored: StoredSession): void {
    held.set(stored.id, stored)
    stored.leave = (reason) => {
      held.delete(stored.id)
      const { id, lastSeq, session } = stored
      const token = goesOn(reason) ? { resume: resumeTokens.seal(owner, session) } : {}
      send({ type: 'closed', session: id, reason, lastSeq, ...token })
    }
  }

  function heldSession(id: string): StoredSession {
    if (!held.has(id)) throw new TurnwiseError('SESSION_NOT_FOUND', 'The session is not attached to this stream.')
    return sessions.use(owner, id)
  }

  function handle(request: StreamRequest): void {
    switch (request.type) {
      case 'ping':
        send({ type: 'pong' })
        break
      case 'open': {
        const stored = openSession(context, owner, request.session, request)
        const { id, lastSeq, session } = stored
        hold(stored)
        send({ type: 'opened', session: id, lastSeq, isAgentSpeaking: session.isAgentSpeaking })
        break
      }
      case 'attach':
        attach(sessions.use(owner, request.session))
        break
      case 'save': {
        const { id, lastSeq, session } = heldSession(request.session)
        send({ type: 'saved', session: id, lastSeq, resume: resumeTokens.seal(owner, session) })
        break
      }
      case 'close':
        track(sessions.end(owner, heldSession(request.session).id))
        break
      default:
        tell(heldSession(request.session), request)
    }
  }

  function attach(stored: StoredSession): void {
    const { id, lastSeq } = stored
    if (!held.has(id)) stored.leave?.('taken')
    hold(stored)
    send({ type: 'attached', session: id, lastSeq })
  }

  function tell(stored: StoredSession, event: SessionEventRequest): void {
    const { seq } = event
    if (seq !== stored.lastSeq + 1) {
      const problem = `The last number was ${stored.lastSeq}, and this one is ${seq}.`
      throw new TurnwiseError('OUT_OF_SEQUENCE', problem, { value: stored.lastSeq })
    }
    stored.lastSeq = seq
    const answer = applyEvent(context, stored, event)
    if (answer === undefined) return
    const endTimer = metrics.decisionSeconds.startTimer({ source: 'stream' })
    const fail = (error: unknown) => sendError(error, { session: stored.id, seq })
    const told = traced('turnwise.model', { source: 'stream' }, () => answer)
    track(told.then((decision) => settle({ stored, seq, decision, endTimer }), fail))
  }

  /** An event that cannot be read has used its number all the same: its sender goes on with the next. */
  function useNumber(session: string | undefined, seq: number | undefined): void {
    const stored = session === undefined ? undefined : held.get(session)
    if (stored !== undefined && seq === stored.lastSeq + 1) stored.lastSeq = seq
  }

  function track(task: Promise<void>): void {
    running.add(task)
    void task.finally(() => running.delete(task))
  }

  /** Calls that waited together get the same decision at the same moment: what comes together is looked at together. */
  function settle(outcome: Outcome): void {
    if (outcomes.length === 0) setImmediate(flush)
    outcomes.push(outcome)
  }

  function flush(): void {
    const settled = outcomes.filter(({ stored }) => held.get(stored.id) === stored)
    outcomes = []
    const newest = new Map(settled.map(({ decision, seq }) => [decision, seq]))
    for (const { stored, seq, decision, endTimer } of settled) {
      const by = newest.get(decision)
      if (decision !== undefined && by !== undefined && by !== seq) {
        metrics.superseded.inc()
        send({ type: 'superseded', session: stored.id, seq, by })
        continue
      }
      if (decision !== undefined) countDecision(context, 'stream', decision, endTimer)
      send({ type: 'decision', session: stored.id, seq, decision: decision ?? null })
    }
  }

  function sendError(error: unknown, place: { session?: string; seq?: number }): void {
    health.note(error)
    send({ type: 'error', ...place, error: wireErrorOf(context, toTurnwiseError(error)) })
  }

  return {
    get pending() {
      return running.size
    },
    receive(text) {
      const read = readRequest(text)
      if ('error' in read) {
        const { error, ...place } = read
        useNumber(place.session, place.seq)
        sendError(error, place)
        return
      }
      const { request } = read
      try {
        handle(request)
      } catch (error) {
        const session = 'session' in request ? { session: request.session } : {}
        sendError(error, { ...session, ...('seq' in request ? { seq: request.seq } : {}) })
      }
    },
    leave() {
      for (const stored of held.values()) stored.leave = undefined
      held.clear()
    },
    async handBack() {
      const { deadlineMs } = context.settings
      await Promise.race([Promise.all(running), setTimeout(deadlineMs, undefined, { ref: false })])
      flush()
      for (const stored of [...held.values()]) {
        stored.leave?.('stopping')
        stored.leave = undefined
      }
    },
  }
}

/** Whether the session may go on elsewhere with its token. */
function goesOn(reason: LeaveReason): boolean {
  return reason === 'idle' || reason === 'stopping'
}
