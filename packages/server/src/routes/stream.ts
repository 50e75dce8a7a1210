import type { IncomingMessage } from 'node:http'
import websocket, { type WebSocket } from '@fastify/websocket'
import { TurnwiseError } from '@turnwise/core'
import type { FastifyRequest } from 'fastify'
import type { App, ServerContext } from '../context.js'
import { IncomingRequest } from '../incomingRequest.js'
import { errorResponses } from '../schemas/errorBody.js'
import type { StreamReply } from '../schemas/stream.js'
import { createStream, type Stream } from '../stream/createStream.js'

const STREAM_URL = '/v1/stream'

/** WebSocket's codes for why a connection ends. */
const SERVICE_RESTART = 1012
const INTERNAL_ERROR = 1011
const POLICY_VIOLATION = 1008
/** How long a caller has to answer that the connection ends, ms. */
const CLOSE_MS = 1000

const SCHEMA = {
  tags: ['sessions'],
  summary: 'Many sessions over one WebSocket',
  description:
    'Each frame is one JSON message: StreamRequest to the server, StreamReply from it. docs/http.md says how they ' +
    'follow each other.',
  response: errorResponses,
}

/** Sessions over WebSocket. */
export async function addStreamRoute(app: App, context: ServerContext): Promise<void> {
  const open = new Map<WebSocket, Stream>()

  async function closeAll(): Promise<void> {
    await Promise.all([...open.values()].map((stream) => stream.handBack()))
    for (const socket of open.keys()) {
      socket.close(SERVICE_RESTART)
      setTimeout(() => socket.terminate(), CLOSE_MS).unref()
    }
  }

  await app.register(websocket, {
    options: { maxPayload: context.settings.maxBodyBytes },
    // A connection that breaks is closed by ws; anything else is a bug here.
    errorHandler: (_error, socket) => socket.close(INTERNAL_ERROR),
    preClose: closeAll,
  })
  // The plugin would take it for a stream, end it, and log its address with all that is in it.
  app.addHook('onRequest', async ({ raw, routeOptions: { url = STREAM_URL } }) => {
    if (!isUpgrade(raw) || url === STREAM_URL) return
    throw new TurnwiseError('INVALID_REQUEST', `Only ${STREAM_URL} speaks WebSocket.`)
  })
  // A connection that asked to be more than HTTP has left HTTP's timeouts behind: refused, it would stay for ever.
  app.addHook('onResponse', async ({ raw }) => {
    if (isUpgrade(raw)) raw.socket.destroy()
  })
  app.route({
    method: 'GET',
    url: STREAM_URL,
    schema: SCHEMA,
    preValidation: async (request) => refuseStream(context, request),
    handler: async () => {
      throw new TurnwiseError('INVALID_REQUEST', 'The endpoint speaks WebSocket.')
    },
    wsHandler(socket, request) {
      const stream = serveSocket(context, socket, request.owner)
      open.set(socket, stream)
      socket.once('close', () => open.delete(socket))
    },
  })
}

function isUpgrade(request: IncomingMessage): boolean {
  return request instanceof IncomingRequest && request.upgrade
}

/**
 * Browsers let any page open a WebSocket to anywhere: the server has to look where the page is from.
 *
 * @throws TurnwiseError ORIGIN_REFUSED, SHUTTING_DOWN
 */
function refuseStream({ settings, health }: ServerContext, { headers }: FastifyRequest): void {
  if (health.isStopping) throw new TurnwiseError('SHUTTING_DOWN', 'No stream is opened any more.')
  const { origin, host } = headers
  if (origin === undefined || settings.corsOrigins.some((known) => known === '*' || known === origin)) return
  if (URL.canParse(origin) && new URL(origin).host === host) return
  throw new TurnwiseError('ORIGIN_REFUSED', 'The origin of the page is unknown.')
}

function serveSocket(context: ServerContext, socket: WebSocket, owner: string): Stream {
  const { maxPending, maxBodyBytes, heartbeatMs } = context.settings
  const { streams } = context.metrics
  const stream = createStream(context, owner, send)
  /** Messages of the bytes that had been read when the socket was paused; a few thousand fit into them. */
  const unread: string[] = []
  let hasAnswered = true
  /** At the last heartbeat there was too much that the caller had not read, and it has read nothing since. */
  let isStuck = false

  function isFull(): boolean {
    return socket.bufferedAmount > maxBodyBytes
  }

  /** A caller that is not keeping up is not read from, which in the end stops it from sending. */
  function regulate(error?: Error | null): void {
    // Who is going away is told nothing more, and may do nothing more.
    if (error != null || socket.readyState !== socket.OPEN) {
      unread.length = 0
      return
    }
    const mustWait = () => isFull() || stream.pending >= maxPending
    while (!mustWait()) {
      const text = unread.shift()
      if (text === undefined) break
      stream.receive(text)
    }
    if (mustWait() && !socket.isPaused) socket.pause()
    else if (!mustWait() && socket.isPaused) socket.resume()
  }

  function send(reply: StreamReply): void {
    if (socket.readyState !== socket.OPEN) return
    socket.send(JSON.stringify(reply), noteWritten)
  }

  function noteWritten(error?: Error | null): void {
    // Where too much waits, only reading makes room: as good as an answer, since the ping waits behind it all.
    if (isStuck && error == null) hasAnswered = true
    isStuck = false
    regulate(error)
  }

  function beat(): void {
    // Who has read nothing for a whole interval will not; neither will a connection answer that is half open.
    const isLost = isFull() ? isStuck : !hasAnswered && !socket.isPaused
    if (isLost) {
      socket.terminate()
      return
    }
    const keys = context.keys()
    if (keys.length > 0 && !keys.some(({ name }) => name === owner)) socket.close(POLICY_VIOLATION)
    isStuck = isFull()
    hasAnswered = false
    socket.ping(undefined, false, noteWritten)
  }

  const heart = setInterval(beat, heartbeatMs).unref()
  streams.inc()
  socket.on('pong', () => {
    hasAnswered = true
  })
  socket.on('message', (data) => {
    hasAnswered = true
    unread.push(data.toString())
    regulate()
  })
  socket.once('close', () => {
    clearInterval(heart)
    streams.dec()
    stream.leave()
  })
  return stream
}
