import { IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import cors from '@fastify/cors'
import rateLimit from '@fastify/rate-limit'
import { TurnwiseError } from '@turnwise/core'
import helmet from 'helmet'
import { ANYONE } from './authenticate.js'
import type { App } from './context.js'
import type { Settings } from './settings.js'

/** Security headers, web pages of other origins if the settings name them, and limits of each key. */
export async function addSecurity(app: App, { corsOrigins, requestsPerMinute }: Settings): Promise<void> {
  const headers = securityHeaders()
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers)
    done()
  })
  if (corsOrigins.length > 0) {
    const origin = corsOrigins.includes('*') ? '*' : corsOrigins
    await app.register(cors, { origin, methods: ['GET', 'POST', 'DELETE'] })
  }
  if (requestsPerMinute > 0) {
    await app.register(rateLimit, {
      max: requestsPerMinute,
      timeWindow: '1 minute',
      // After the key is known, and before the body is read.
      hook: 'preParsing',
      keyGenerator: ({ owner, ip }) => (owner === ANYONE ? ip : owner),
      errorResponseBuilder: (_request, { max }) =>
        new TurnwiseError('RATE_LIMITED', `More than ${max} requests in a minute.`, { value: max }),
    })
  }
}

/** Those of helmet. They are the same for every answer, and it is asked once: of each request they were a tenth. */
function securityHeaders(): OutgoingHttpHeaders {
  const request = new IncomingMessage(new Socket())
  const response = new ServerResponse(request)
  const addHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      // The page of the documentation brings its style along; nothing else here is a page.
      directives: { defaultSrc: ["'none'"], styleSrc: ["'unsafe-inline'"], frameAncestors: ["'none'"] },
    },
  })
  addHeaders(request, response, () => undefined)
  return response.getHeaders()
}
