import { TurnwiseError } from '@turnwise/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App, ServerContext } from './context.js'
import { isPassing, statusOf, toTurnwiseError } from './describeError.js'
import type { WireError } from './schemas/errorBody.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** How many of its events a session has taken: they stay, whatever becomes of the request. */
    applied: number | undefined
  }
}

/** Answers every error as `{ error: { code, message, … } }`, and logs those of the server itself. */
export function addErrorHandling(app: App, context: ServerContext): void {
  app.decorateRequest('applied', undefined)
  const routes: Route[] = []
  app.addHook('onRoute', ({ url, method }) => {
    // What answers everywhere says nothing of an endpoint.
    if (url.includes('*')) return
    routes.push({ path: new RegExp(`^${url.replace(/:\w+/g, '[^/]+')}$`), methods: [method].flat() })
  })
  app.setNotFoundHandler((request, reply) => {
    throw describeMissing(routes, request, reply)
  })
  app.setErrorHandler((error, request, reply) => {
    // Where nobody reads the body, nothing is wrong with it.
    const isMissing = request.is404 && !(error instanceof TurnwiseError)
    return answerError(context, isMissing ? describeMissing(routes, request, reply) : error, request, reply)
  })
}

function describeMissing(routes: readonly Route[], { url }: FastifyRequest, reply: FastifyReply): TurnwiseError {
  const [path = ''] = url.split('?')
  const methods = routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods)
  if (methods.length === 0) return new TurnwiseError('NOT_FOUND', 'There is no such endpoint.')
  reply.header('allow', methods.join(', '))
  return new TurnwiseError('METHOD_NOT_ALLOWED', `The endpoint is asked with ${methods.join(', ')}.`)
}

/** What can be asked at a path. */
interface Route {
  readonly path: RegExp
  readonly methods: readonly string[]
}

/** Answers an error. */
export function answerError(
  context: ServerContext,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const body = { error: prepareError(context, error, request, reply) }
  // Nothing but what `prepareError` made is in it: who is refused should not cost a check of the schema.
  return reply.type('application/json; charset=utf-8').serializer(JSON.stringify).send(body)
}

/** Counts and logs an error, sets status and headers, and returns what to tell the caller. */
export function prepareError(
  context: ServerContext,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): WireError {
  const known = toTurnwiseError(error)
  const wire = wireErrorOf(context, known)
  const status = statusOf(known)
  if (wire.retryAfterMs !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(wire.retryAfterMs / 1000)))
  if (status === 500) request.log.error(known)
  reply.code(status)
  const { id: requestId, applied } = request
  return { ...wire, requestId, ...(applied === undefined ? {} : { applied }) }
}

/** Counts an error; what the caller is told of it. */
export function wireErrorOf({ gate, metrics }: ServerContext, error: TurnwiseError): WireError {
  metrics.refusals.inc({ code: error.code })
  const { code, message } = error
  return { code, message, ...(isPassing(error) ? { retryAfterMs: gate.retryAfterMs } : {}) }
}
