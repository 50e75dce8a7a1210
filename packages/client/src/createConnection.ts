import { TurnwiseError } from '@turnwise/core'
import type { Endpoint } from './clientOptions.js'
import { readReply, type SessionReply, type StreamRequest } from './protocol.js'
import { requestJson } from './requestJson.js'
import { OPEN, openSocket, type Socket } from './socket.js'

/** One session of a connection. */
interface Member {
  readonly id: string
  /** The connection is there, or there again. */
  connected(): void
  /** The connection is lost; it is tried again. */
  disconnected(): void
  receive(reply: SessionReply): void
  /** There is no point in trying again; after REQUEST_TOO_LARGE for this session alone. */
  refused(error: TurnwiseError): void
}

/** The one stream of a client, opened with its first session and opened again whenever it is lost. */
export interface Connection {
  /** Adds a session; it is told when it can send, or that it never will. */
  join(member: Member): void
  leave(member: Member): void
  /** Sends, if the connection is there: what is lost with it is the sender's to send again. */
  send(request: StreamRequest): void
  close(): void
}

/** Before the second attempt and the ones after it: twice as long each time, and the longest. */
const FIRST_PAUSE_MS = 25
const LONGEST_PAUSE_MS = 1000
/** How long an attempt may take. A balancer that still sends to a dead instance should not be waited for. */
const ATTEMPT_MS = 2000
/** How often a connection on which nothing comes is asked whether it is there. */
const BEAT_MS = 5000
/** WebSocket's code for a message that was too large. */
const TOO_LARGE = 1009
/** Frames are measured as they are sent. */
const UTF8 = new TextEncoder()
/** Errors that another attempt does not change. */
const FINAL_CODES: readonly string[] = ['UNAUTHORIZED', 'ORIGIN_REFUSED', 'NOT_FOUND', 'INVALID_OPTION']

export function createConnection(endpoint: Endpoint): Connection {
  const members = new Map<string, Member>()
  let socket: Socket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let affinity: string | undefined
  /** Of the frames since the socket was opened, the largest: if one was too large for the server, this one was. */
  let largest = { session: '', bytes: 0 }
  let attempts = 0
  let isClosed = false

  function isOpen(): boolean {
    return socket?.readyState === OPEN
  }

  function wake(): void {
    if (isClosed || socket !== undefined || timer !== undefined) return
    const pauseMs = attempts === 0 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** attempts, LONGEST_PAUSE_MS)
    // Clients that lost the same server should not come back at the same moment.
    timer = setTimeout(connect, pauseMs * (0.5 + Math.random() / 2))
  }

  function connect(): void {
    timer = undefined
    attempts += 1
    const url = new URL('v1/stream', endpoint.url)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    // What a balancer finds the instance by: after a lost connection the same one is wanted.
    if (affinity !== undefined) url.searchParams.set('session', affinity)
    try {
      watch(openSocket(endpoint.WebSocket, url.href, endpoint.headers))
    } catch (cause) {
      refuse(
        cause instanceof TurnwiseError
          ? cause
          : new TurnwiseError('REMOTE_FAILED', 'No WebSocket could be made.', { cause }),
      )
    }
  }

  /** Follows a socket until it is lost. */
  function watch(opened: Socket): void {
    socket = opened
    largest = { session: '', bytes: 0 }
    let wasOpen = false
    let hasAnswered = true
    let beat = setTimeout(lose, ATTEMPT_MS)

    function ask(): void {
      if (!hasAnswered) {
        lose()
        return
      }
      hasAnswered = false
      send({ type: 'ping' })
      beat = setTimeout(ask, BEAT_MS)
    }

    function lose({ code }: { readonly code?: number } = {}): void {
      if (socket !== opened) return
      socket = undefined
      clearTimeout(beat)
      opened.close()
      for (const member of members.values()) member.disconnected()
      if (code === TOO_LARGE) {
        // Sent again it would end the next connection, and with it the other sessions', too.
        const problem = `A message of ${largest.bytes} bytes is larger than maxBodyBytes.`
        members.get(largest.session)?.refused(new TurnwiseError('REQUEST_TOO_LARGE', problem))
      }
      if (members.size > 0) wake()
      if (!wasOpen && members.size > 0) void explain()
    }

    opened.onopen = () => {
      clearTimeout(beat)
      beat = setTimeout(ask, BEAT_MS)
      wasOpen = true
      for (const member of [...members.values()]) member.connected()
    }
    opened.onmessage = ({ data }: { readonly data: unknown }) => {
      if (socket !== opened) return
      hasAnswered = true
      attempts = 0
      const reply = readReply(data)
      if (reply !== undefined) members.get(reply.session)?.receive(reply)
    }
    // What is wrong a WebSocket does not say; the connection closes after it.
    opened.onerror = () => undefined
    opened.onclose = lose
  }

  /** A WebSocket does not say why it was refused; a plain request to the same place does. */
  async function explain(): Promise<void> {
    try {
      await requestJson(endpoint, 'v1/stream')
    } catch (error) {
      if (error instanceof TurnwiseError && FINAL_CODES.includes(error.code) && !isOpen()) refuse(error)
    }
  }

  function refuse(error: TurnwiseError): void {
    clearTimeout(timer)
    timer = undefined
    for (const member of [...members.values()]) member.refused(error)
  }

  function send(request: StreamRequest): void {
    if (!isOpen()) return
    const frame = JSON.stringify(request)
    const bytes = UTF8.encode(frame).length
    if ('session' in request && bytes > largest.bytes) largest = { session: request.session, bytes }
    socket?.send(frame)
  }

  return {
    send,
    join(member) {
      if (isClosed) {
        member.refused(clientClosed())
        return
      }
      members.set(member.id, member)
      affinity ??= member.id
      if (isOpen()) member.connected()
      else wake()
    },
    leave(member) {
      if (members.get(member.id) === member) members.delete(member.id)
    },
    close() {
      isClosed = true
      clearTimeout(timer)
      socket?.close()
      for (const member of [...members.values()]) member.refused(clientClosed())
    },
  }
}

function clientClosed(): TurnwiseError {
  return new TurnwiseError('DETECTOR_CLOSED', 'The client is closed.')
}
