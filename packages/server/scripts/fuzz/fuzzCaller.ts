import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { WebSocket } from 'ws'
import { type StreamReply, streamReplySchema } from '../../src/schemas/stream.js'
import type { FuzzFrame } from './fuzzFrames.js'

/** How long an answer may take, ms. */
const ANSWER_MS = 10_000
/** Codes that say that the server failed, whatever was sent. */
const FAILURES = ['INTERNAL', 'MODEL_FAILED', 'DETECTOR_CLOSED']

/** A connection that comes again when it was ended, and looks at every reply. */
export interface FuzzCaller {
  /** How often each type of reply came. */
  readonly replies: ReadonlyMap<string, number>
  /** How often it has connected. */
  readonly connections: number
  send(frame: FuzzFrame): Promise<void>
  /** Sends a message, and waits for a reply of a type. @throws Error if it does not come */
  ask(message: object, type: StreamReply['type']): Promise<void>
  close(): void
}

export function createFuzzCaller(url: string): FuzzCaller {
  const replies = new Map<string, number>()
  let socket: WebSocket | undefined
  let connection: Socket | undefined
  let connections = 0
  let wrong: Error | undefined

  function take(data: string): void {
    const parsed = streamReplySchema.safeParse(JSON.parse(data))
    if (!parsed.success) {
      wrong ??= new Error(`A reply is none of the protocol: ${data.slice(0, 300)}`)
      return
    }
    const reply = parsed.data
    replies.set(reply.type, (replies.get(reply.type) ?? 0) + 1)
    if (reply.type === 'error' && FAILURES.includes(reply.error.code)) wrong ??= new Error(`The server failed: ${data}`)
  }

  async function open(): Promise<WebSocket> {
    if (wrong !== undefined) throw wrong
    if (socket?.readyState === WebSocket.OPEN) return socket
    connections += 1
    const { hostname, port } = new URL(url)
    const opened = new WebSocket(`${url.replace('http', 'ws')}/v1/stream`, {
      createConnection: () => {
        connection = connect(Number(port), hostname)
        return connection
      },
    })
    socket = opened
    opened.on('message', (data) => take(data.toString()))
    await once(opened, 'open')
    // From now on it may break: that is what it is for.
    opened.on('error', () => undefined)
    return opened
  }

  return {
    replies,
    get connections() {
      return connections
    },
    async send({ kind, data }) {
      const opened = await open()
      if (kind !== 'raw') {
        opened.send(data, { binary: kind === 'binary' })
        return
      }
      // They may be the beginning of a long frame, of which all that follows would be a part.
      connection?.end(data)
      socket = undefined
    },
    async ask(message, type) {
      const opened = await open()
      const count = replies.get(type) ?? 0
      opened.send(JSON.stringify(message))
      const startedMs = performance.now()
      while ((replies.get(type) ?? 0) === count) {
        if (wrong !== undefined) throw wrong
        if (opened.readyState !== WebSocket.OPEN) return
        if (performance.now() > startedMs + ANSWER_MS) throw new Error(`No ${type} came within ${ANSWER_MS} ms.`)
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    },
    close: () => socket?.terminate(),
  }
}
