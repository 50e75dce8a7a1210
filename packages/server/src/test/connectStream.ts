import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { StreamReply } from '../schemas/stream.js'
import { withKey } from './target.js'
import { until } from './until.js'

/** A stream over a real connection. */
export async function connectStream(url: string, key: string) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/stream`, { headers: withKey(key) })
  onTestFinished(() => socket.terminate())
  const replies: StreamReply[] = []
  socket.on('message', (data) => replies.push(JSON.parse(data.toString())))
  await once(socket, 'open')
  return {
    replies,
    /** Sends a message and waits for what comes. */
    async ask(message: object): Promise<StreamReply | undefined> {
      const count = replies.length
      socket.send(JSON.stringify(message))
      await until(() => replies.length > count)
      return replies[count]
    },
  }
}
