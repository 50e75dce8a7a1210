import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { RawServerDefault } from 'fastify'
import { IncomingRequest } from './incomingRequest.js'
import type { Settings } from './settings.js'

/** A certificate chain and its private key, PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** Longer than the minute after which load balancers let go of a connection: they must be the first to do so. */
const KEEP_ALIVE_MS = 72_000

/** Requests of a connection that may be unanswered. Hardly anybody sends a second one before the first is answered. */
const MOST_PIPELINED = 16

/** The server beneath, which closes connections whose requests do not arrive in time. */
export function createHttpServer(
  { receiveMs, deadlineMs }: Settings,
  certificate: Certificate | undefined,
  handler: RequestListener,
): RawServerDefault {
  const limited = limitPipelining(handler)
  const options: ServerOptions<typeof IncomingRequest> = {
    IncomingMessage: IncomingRequest,
    headersTimeout: receiveMs,
    requestTimeout: receiveMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: Math.ceil(receiveMs / 4),
  }
  const server =
    certificate === undefined
      ? createServer(options, limited)
      : createTlsServer({ ...options, ...certificate, minVersion: 'TLSv1.2', handshakeTimeout: receiveMs }, limited)
  // Who does not read its answer is let go, too.
  server.setTimeout(KEEP_ALIVE_MS + deadlineMs)
  return server as unknown as Server
}

/** Ends connections that ask again and again without waiting: their answers would fill the memory. */
function limitPipelining(handler: RequestListener): RequestListener {
  const unanswered = new WeakMap<Socket, number>()
  return (request, response) => {
    const { socket } = request
    const count = (unanswered.get(socket) ?? 0) + 1
    unanswered.set(socket, count)
    response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1))
    if (count > MOST_PIPELINED) socket.destroy()
    else handler(request, response)
  }
}
