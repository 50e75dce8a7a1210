import { connect, type Socket } from 'node:net'
import type { Spoken } from './conversation.js'

/** What came of a request for a prediction. */
export interface HttpAnswer {
  /** `answered`, the code of the server's error, or that of a connection that broke. */
  readonly kind: string
  /** Whether it says when to ask again. */
  readonly saysWhen: boolean
  readonly tookMs: number
}

/** The kind of a prediction. */
export const ANSWERED = 'answered'
/** The kind of one that the server has no room for. */
export const REFUSED = 'OVERLOADED'

/**
 * Connections that stay open, as many as are needed at a time. Requests are written by hand: of a client such as Node's, which
 * costs about as much as the server, half of the load on a machine would be its own.
 */
export interface HttpConnections {
  /** Asks for a prediction, on a connection that is free or a new one. Never fails. */
  ask(messages: readonly Spoken[]): Promise<HttpAnswer>
  close(): void
}

interface Response {
  readonly status: number
  readonly saysWhen: boolean
  readonly body: string
}

interface Connection {
  readonly socket: Socket
  request(text: string): Promise<Response>
}

export function openConnections(url: string): HttpConnections {
  const { host } = new URL(url)
  const head = `POST /v1/predict HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n`
  const all = new Set<Connection>()
  const free: Connection[] = []

  function open(): Connection {
    const connection = openConnection(new URL(url))
    all.add(connection)
    connection.socket.once('close', () => all.delete(connection))
    return connection
  }

  return {
    async ask(messages) {
      const body = JSON.stringify({ messages })
      const beganMs = performance.now()
      const connection = free.pop() ?? open()
      try {
        const response = await connection.request(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
        const tookMs = performance.now() - beganMs
        if (!connection.socket.destroyed) free.push(connection)
        return { kind: kindOf(response), saysWhen: response.saysWhen, tookMs }
      } catch (error) {
        const { code = 'BROKEN' } = error as NodeJS.ErrnoException
        return { kind: code, saysWhen: false, tookMs: performance.now() - beganMs }
      }
    },
    close() {
      for (const { socket } of all) socket.destroy()
    },
  }
}

function kindOf({ status, body }: Response): string {
  return status === 200 ? ANSWERED : (/"code":"(\w+)"/.exec(body)?.[1] ?? String(status))
}

/** One connection, for one request at a time. */
function openConnection({ hostname, port }: URL): Connection {
  const socket = connect(Number(port), hostname).setNoDelay()
  let received = ''
  let pending: { resolve(response: Response): void; reject(error: unknown): void } | undefined

  // Of what the server sends nothing is longer in bytes than in characters of Latin 1.
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text
    const response = readResponse(received)
    if (response === undefined) return
    received = ''
    pending?.resolve(response)
    pending = undefined
  })
  let problem: unknown
  socket.once('error', (error) => {
    problem = error
  })
  socket.once('close', () => pending?.reject(problem ?? new Error('The connection has ended.')))
  return {
    socket,
    request: (text) =>
      new Promise((resolve, reject) => {
        pending = { resolve, reject }
        socket.write(text)
      }),
  }
}

/** A response, once all of it is there. */
function readResponse(text: string): Response | undefined {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const head = text.slice(0, headEnd)
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
  const body = text.slice(headEnd + 4)
  if (body.length < length) return undefined
  // HTTP/1.1 200 OK
  return { status: Number(head.slice(9, 12)), saysWhen: /\r\nretry-after: /i.test(head), body }
}
