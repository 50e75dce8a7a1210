import { type SessionDecision, TurnwiseError } from '@turnwise/core'
import type { Call } from './call.js'
import type { Connection } from './createConnection.js'
import { createJournal } from './journal.js'
import type { SessionEvent, SessionReply, SessionStart } from './protocol.js'
import { readError } from './readError.js'

/** What a session tells the server, and who waits for what the server says. */
export interface SessionLink {
  /** Why the session is over, if it has not ended on this side. */
  readonly ended: TurnwiseError | undefined
  /** Whether the agent spoke when the server opened the session, once the server has said so. */
  readonly beganSpeaking: boolean
  /** Tells what happened, as soon as there is a server to hear it. */
  tell(event: SessionEvent, call?: Call<SessionDecision | undefined>): void
  /**
   * What was said has been settled by what was decided about it, and telling it again would not settle it the same way:
   * a token is wanted that holds it.
   */
  settle(): void
  /** Asks for a token. */
  save(call: Call<string>): void
  /**
   * The session is over, and the server is told so. Waits for a lost connection, but not for long: the server ends by
   * itself what is idle.
   */
  close(): Promise<void>
}

/** How far the session has got on the connection. */
type Phase = 'away' | 'attaching' | 'closing' | 'opening' | 'open'

/** After so many events a token is wanted too, so that little has to be told again where a server is lost. */
const TOKEN_EVENTS = 32
/** How long `close` waits for a lost connection. */
const FAREWELL_MS = 2000
/** Refusals after which the session cannot go on. */
const ENDING_CODES: readonly string[] = ['DETECTOR_CLOSED', 'REQUEST_TOO_LARGE']
/** The server and this side do not mean the same: what is there has to be found out again. */
const ASTRAY_CODES: readonly string[] = ['SESSION_NOT_FOUND', 'OUT_OF_SEQUENCE']

/**
 * Keeps what was told since the last token. Where the server still has the session after a lost connection, it is sent
 * what it has not seen; where it has not, or an answer was lost with the connection, the session begins again with the
 * token and all that followed it.
 */
export function createSessionLink(connection: Connection, id: string, start: SessionStart): SessionLink {
  const journal = createJournal()
  const saves: Call<string>[] = []
  let beginning = start
  let phase: Phase = 'away'
  /** The server may have the session. */
  let mayBeThere = false
  let isSaving = false
  let isTokenDue = false
  /** An event has failed that nobody waits for. */
  let problem: TurnwiseError | undefined
  let ended: TurnwiseError | undefined
  let beganSpeaking = false
  /** Ends the waiting of `close`: the connection is there again, or will not be. */
  let stopWaiting: (() => void) | undefined

  function open(): void {
    phase = 'opening'
    connection.send({ type: 'open', session: id, ...beginning })
  }

  function attach(): void {
    phase = 'attaching'
    connection.send({ type: 'attach', session: id })
  }

  function goOn(fromSeq: number): void {
    phase = 'open'
    mayBeThere = true
    isSaving = false
    for (const [seq, { event }] of journal.from(fromSeq)) connection.send({ ...event, session: id, seq })
    askForToken()
  }

  function askForToken(): void {
    const isDue = (isTokenDue || journal.size >= TOKEN_EVENTS) && !journal.isAwaited(journal.lastSeq)
    if (phase !== 'open' || isSaving || !(isDue || saves.length > 0)) return
    isSaving = true
    connection.send({ type: 'save', session: id })
  }

  /** Will begin with a token, unless somebody still waits for an answer to what the token holds. */
  function keepToken(resume: string, lastSeq: number): void {
    if (journal.isAwaited(lastSeq)) return
    beginning = { resume }
    journal.forget(lastSeq)
    // What came meanwhile may have settled more.
    isTokenDue &&= journal.size > 0
  }

  function fail(error: TurnwiseError): void {
    for (const [, { calls }] of journal.from(0)) for (const call of calls) call.reject(error)
    for (const call of saves.splice(0)) call.reject(error)
  }

  function end(error: TurnwiseError): void {
    ended = error
    connection.leave(member)
    fail(error)
  }

  function receive(reply: SessionReply): void {
    switch (reply.type) {
      case 'opened':
        beganSpeaking = reply.isAgentSpeaking ?? false
        journal.renumber()
        goOn(1)
        break
      case 'attached':
        if (journal.reaches(reply.lastSeq) && !journal.isAwaited(reply.lastSeq)) goOn(reply.lastSeq + 1)
        else {
          phase = 'closing'
          connection.send({ type: 'close', session: id })
        }
        break
      case 'decision':
        for (const call of journal.at(reply.seq)?.calls ?? []) call.resolve(reply.decision ?? undefined)
        askForToken()
        break
      case 'superseded': {
        const [older, newer] = [journal.at(reply.seq), journal.at(reply.by)]
        if (older !== undefined && newer !== undefined) newer.calls.unshift(...older.calls.splice(0))
        break
      }
      case 'saved':
        isSaving = false
        for (const call of saves.splice(0)) call.resolve(reply.resume)
        keepToken(reply.resume, reply.lastSeq)
        askForToken()
        break
      case 'closed':
        receiveClosed(reply)
        break
      case 'error':
        receiveError(readError(reply.error), reply.seq)
    }
  }

  function receiveClosed({ reason, lastSeq, resume }: Extract<SessionReply, { type: 'closed' }>): void {
    if (resume !== undefined) keepToken(resume, lastSeq)
    if (reason === 'taken') end(sessionClosed('Another stream has taken the session.'))
    else if (phase === 'closing') open()
    else if (reason === 'closed') end(sessionClosed('Somebody else has closed the session.'))
    else phase = 'away'
    // A server that stops ends the connection too, and another is found.
    if (reason === 'idle' && journal.isAwaited(journal.lastSeq)) connection.join(member)
  }

  function receiveError(error: TurnwiseError, seq: number | undefined): void {
    const isAstray = ASTRAY_CODES.includes(error.code)
    if (phase === 'open' && isAstray) attach()
    else if (phase === 'open' && seq !== undefined) {
      const { calls = [] } = journal.at(seq) ?? {}
      if (calls.length === 0) problem = error
      for (const call of calls) call.reject(error)
    } else if (seq === undefined && isAstray && phase !== 'opening') open()
    else if (seq === undefined) {
      phase = 'away'
      // An instance that stops ends the connection too, and another one is found.
      if (error.code !== 'SHUTTING_DOWN') fail(error)
    }
  }

  const member = {
    id,
    receive,
    connected() {
      if (mayBeThere) attach()
      else open()
      stopWaiting?.()
    },
    disconnected() {
      // The session may have been opened, and the answer lost.
      mayBeThere ||= phase === 'opening'
      phase = 'away'
    },
    refused(error: TurnwiseError) {
      phase = 'away'
      if (ENDING_CODES.includes(error.code)) end(error)
      else fail(error)
      stopWaiting?.()
    },
  }
  connection.join(member)

  function reconnect(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, FAREWELL_MS)
      stopWaiting = () => {
        clearTimeout(timer)
        resolve()
      }
      connection.join(member)
    })
  }

  return {
    get ended() {
      return ended
    },
    get beganSpeaking() {
      return beganSpeaking
    },
    tell(event, call) {
      journal.add({ event, calls: call === undefined ? [] : [call] })
      if (phase === 'open') connection.send({ ...event, session: id, seq: journal.lastSeq })
      else if (phase === 'away') connection.join(member)
      askForToken()
      if (problem === undefined || call === undefined) return
      call.reject(problem)
      problem = undefined
    },
    settle() {
      isTokenDue = true
      askForToken()
    },
    save(call) {
      saves.push(call)
      if (phase === 'away') connection.join(member)
      askForToken()
    },
    async close() {
      // Others have it, or nobody.
      if (ended?.code === 'SESSION_CLOSED') return
      if (phase === 'away' && mayBeThere) await reconnect()
      // The server reads it after the `open` or `attach` that it has not answered yet.
      if (phase !== 'away') connection.send({ type: 'close', session: id })
      connection.leave(member)
    },
  }
}

function sessionClosed(problem: string): TurnwiseError {
  return new TurnwiseError('SESSION_CLOSED', problem)
}
