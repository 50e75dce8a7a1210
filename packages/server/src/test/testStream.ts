// What it adds to the type of the app.
import type {} from '@fastify/websocket'
import type { App } from '../context.js'
import type { StreamReply } from '../schemas/stream.js'

/** A caller of a stream. */
export interface TestStream {
  /** All that has come. */
  readonly replies: readonly StreamReply[]
  send(...messages: object[]): void
  /** Sends text as it is. */
  sendText(text: string): void
  /** The next replies that were not taken yet. */
  take(count: number): Promise<StreamReply[]>
  close(): void
  /** The code with which the connection ended. */
  readonly closed: Promise<number>
}

/** Opens a stream without a network. */
export async function openStream(app: App, headers: Record<string, string> = {}): Promise<TestStream> {
  const socket = await app.injectWS('/v1/stream', { headers: { host: 'localhost', ...headers } })
  const replies: StreamReply[] = []
  let taken = 0
  socket.on('message', (data) => replies.push(JSON.parse(data.toString())))
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  return {
    replies,
    closed,
    sendText: (text) => socket.send(text),
    send(...messages) {
      for (const message of messages) socket.send(JSON.stringify(message))
    },
    async take(count) {
      while (replies.length < taken + count) await new Promise((resolve) => setTimeout(resolve, 1))
      taken += count
      return replies.slice(taken - count, taken)
    },
    close: () => socket.terminate(),
  }
}
