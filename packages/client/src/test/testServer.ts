import type { Socket } from 'node:net'
import { createDetector, type LanguageModel } from '@turnwise/core'
import { createFakeModel, createFakeTokenizer, FAKE_MANIFEST } from '@turnwise/core/testing'
import { createServer, type Server, type ServerOptions } from '@turnwise/server'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { type Client, type ClientOptions, createClient } from '../index.js'

/** All servers open each other's tokens, unless a test says otherwise. */
const SHARED = { resumeSecrets: () => ['secret'] }

/** A server that listens, over a model without weights. */
export interface TestServer extends Server {
  readonly url: string
  readonly port: number
}

export interface TestServerOptions extends Pick<ServerOptions, 'settings' | 'keys' | 'resumeSecrets'> {
  readonly model?: LanguageModel
  readonly port?: number
}

export function createTestDetector(model: LanguageModel = createFakeModel()) {
  return createDetector(model, createFakeTokenizer(), FAKE_MANIFEST)
}

export async function startTestServer({ model, port = 0, ...options }: TestServerOptions = {}): Promise<TestServer> {
  const log = { write: () => undefined }
  const server = await createServer({ detector: createTestDetector(model), log, ...SHARED, ...options })
  const url = await server.app.listen({ host: '127.0.0.1', port })
  const sockets = new Set<Socket>()
  server.app.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  onTestFinished(async () => {
    // No test waits for connections to be given up.
    for (const socket of sockets) socket.destroy()
    await server.close(0)
  })
  return Object.assign(server, { url, port: Number(new URL(url).port) })
}

export function createTestClient(url: string, options: Partial<ClientOptions> = {}): Client {
  const client = createClient({ url, WebSocket, ...options })
  onTestFinished(() => client.close())
  return client
}

/** How many sessions a server has. */
export async function openSessions({ app }: TestServer): Promise<number> {
  const { body } = await app.inject('/metrics')
  return Number(/^turnwise_sessions_open (\d+)$/m.exec(body)?.[1])
}
