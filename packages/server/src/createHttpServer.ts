import { createServer, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { RawServerDefault } from 'fastify'
import type { Settings } from './settings.js'

/** A certificate chain and its private key, PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** Longer than the minute after which load balancers let go of a connection: they must be the first to do so. */
const KEEP_ALIVE_MS = 72_000

/** The server beneath, which closes connections whose requests do not arrive in time. */
export function createHttpServer(
  { receiveMs }: Settings,
  certificate: Certificate | undefined,
  handler: Parameters<typeof createServer>[1],
): RawServerDefault {
  const options: ServerOptions = {
    headersTimeout: receiveMs,
    requestTimeout: receiveMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: Math.ceil(receiveMs / 4),
  }
  if (certificate === undefined) return createServer(options, handler)
  return createTlsServer({ ...options, ...certificate, minVersion: 'TLSv1.2' }, handler) as unknown as Server
}
