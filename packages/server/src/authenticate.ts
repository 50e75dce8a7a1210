import { TurnwiseError } from '@turnwise/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type AccessKey, findKey } from './keys.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** The name of the key; sessions belong to it. Without keys all share one. */
    owner: string
  }
  interface FastifyContextConfig {
    /** Whether the endpoint is answered without a key. */
    isPublic?: boolean
  }
}

/** Who asks where there are no keys: the name of no key. */
export const ANYONE = '(anyone)'

/** For endpoints that are answered without a key, and as often as they are asked. */
export const PUBLIC_ROUTE = { isPublic: true, rateLimit: false as const }
/** How the OpenAPI document says so. */
export const PUBLIC_SECURITY: { [scheme: string]: string[] }[] = []

/** Refuses requests without a key, before their body is read. With no keys at all everybody may ask. */
export function addAuthentication(app: FastifyInstance, keys: () => readonly AccessKey[]): void {
  app.decorateRequest('owner', ANYONE)
  app.addHook('onRequest', async (request, reply) => {
    const known = keys()
    if (known.length === 0 || request.routeOptions.config.isPublic === true) return
    const presented = presentedKey(request)
    const key = presented === undefined ? undefined : findKey(known, presented)
    if (key === undefined) {
      reply.header('www-authenticate', 'Bearer')
      const problem = presented === undefined ? 'The request has no key.' : 'The key is unknown.'
      throw new TurnwiseError('UNAUTHORIZED', problem)
    }
    request.owner = key.name
  })
}

function presentedKey({ headers }: FastifyRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
}
