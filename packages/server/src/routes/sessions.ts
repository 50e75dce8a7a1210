import { type SessionDecision, throwIfAborted } from '@turnwise/core'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { App, ServerContext } from '../context.js'
import { checkCount, deadlineOf, noteDecision } from '../decideMany.js'
import { statusOf, toTurnwiseError } from '../describeError.js'
import { errorBodySchema, errorResponses } from '../schemas/errorBody.js'
import { deadlineHeadersSchema } from '../schemas/predict.js'
import {
  eventsRequestSchema,
  eventsResponseSchema,
  openSessionSchema,
  type SessionEvent,
  sessionCreatedSchema,
  sessionParamsSchema,
  sessionStateSchema,
} from '../schemas/sessions.js'
import { applyEvent } from '../sessions/applyEvent.js'
import { openSession } from '../sessions/openSession.js'
import type { StoredSession } from '../sessions/sessionStore.js'
import { withDeadline } from '../withDeadline.js'

const tags = ['sessions']
const params = sessionParamsSchema
const responses = { ...errorResponses, 404: errorBodySchema.describe('The key has no such session here.') }

const OPEN = {
  tags,
  summary: 'Open a session, or go on with one',
  body: openSessionSchema,
  response: {
    201: sessionCreatedSchema,
    ...errorResponses,
    409: errorBodySchema.describe('The key has a session with this id.'),
  },
}
const EVENTS = {
  tags,
  summary: 'Tell what happened, and get decisions',
  description:
    'Events are applied in their order; each decision is awaited before the next. Requests of a session may overlap: ' +
    'of the `hear` that wait the newest runs, and the others get its decision. If a request fails, `applied` in its ' +
    'error says how many of its events count all the same.',
  params,
  headers: deadlineHeadersSchema,
  body: eventsRequestSchema,
  response: { 200: eventsResponseSchema, ...responses },
}
const STATE = { tags, summary: 'What a session knows', params, response: { 200: sessionStateSchema, ...responses } }
const END = {
  tags,
  summary: 'End a session',
  params,
  response: { 204: z.undefined().describe('It is over.'), ...responses },
}

/** Live conversations by single requests. */
export function addSessionRoutes(app: App, context: ServerContext): void {
  const { sessions, resumeTokens, settings, health } = context

  app.post('/v1/sessions', { schema: OPEN }, async ({ body: { id, ...start }, owner }, reply) => {
    const stored = openSession(context, owner, id, start)
    reply.code(201).header('location', `/v1/sessions/${stored.id}`)
    return { id: stored.id, isAgentSpeaking: stored.session.isAgentSpeaking }
  })

  app.post('/v1/sessions/:id/events', { schema: EVENTS }, async (request) => {
    const { body, owner, params, raw } = request
    checkCount('events', body.events.length, settings.maxConversations, 'maxConversations')
    const stored = sessions.use(owner, params.id)
    const decisions = await withDeadline(deadlineOf(request, settings.deadlineMs), raw.socket, (signal) =>
      applyEvents(context, stored, body.events, { request, signal }),
    )
    const hasToken = body.resume === true || health.isStopping
    return { decisions, ...(hasToken ? { resume: resumeTokens.seal(owner, stored.session) } : {}) }
  })

  app.get('/v1/sessions/:id', { schema: STATE }, async ({ owner, params: { id } }) => {
    const { session } = sessions.use(owner, id)
    const { messages, isAgentSpeaking } = session
    return { id, isAgentSpeaking, messages: [...messages], resume: resumeTokens.seal(owner, session) }
  })

  app.delete('/v1/sessions/:id', { schema: END }, async ({ owner, params: { id } }, reply) => {
    await sessions.end(owner, id)
    return reply.code(204).send()
  })
}

/** @param call where what is applied is counted, and what ends it */
async function applyEvents(
  context: ServerContext,
  stored: StoredSession,
  events: readonly SessionEvent[],
  { request, signal }: { readonly request: FastifyRequest; readonly signal: AbortSignal },
): Promise<(SessionDecision | null)[]> {
  const decisions: (SessionDecision | null)[] = []
  request.applied = 0
  for (const [index, event] of events.entries()) {
    throwIfAborted(signal)
    const answer = applyEvent(context, stored, event, signal)
    // The session knows it now, whether or not a decision follows …
    request.applied = index + 1
    try {
      decisions.push((await noteDecision(context, 'session', answer)) ?? null)
    } catch (error) {
      // … unless the event itself was wrong.
      if (!signal.aborted && statusOf(toTurnwiseError(error)) < 500) request.applied = index
      throw error
    }
  }
  return decisions
}
