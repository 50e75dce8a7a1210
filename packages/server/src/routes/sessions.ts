import { type SessionDecision, throwIfAborted } from '@turnwise/core'
import { z } from 'zod'
import type { App, ServerContext } from '../context.js'
import { checkCount, deadlineOf, noteDecision } from '../decideMany.js'
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
    'of the `hear` that wait the newest runs, and the others get its decision.',
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
    return { id: stored.id }
  })

  app.post('/v1/sessions/:id/events', { schema: EVENTS }, async (request) => {
    const { body, owner, params, raw } = request
    checkCount('events', body.events.length, settings.maxConversations, 'maxConversations')
    const stored = sessions.use(owner, params.id)
    const decisions = await withDeadline(deadlineOf(request, settings.deadlineMs), raw.socket, (signal) =>
      applyEvents(context, stored, body.events, signal),
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

async function applyEvents(
  context: ServerContext,
  stored: StoredSession,
  events: readonly SessionEvent[],
  signal: AbortSignal,
): Promise<(SessionDecision | null)[]> {
  const decisions: (SessionDecision | null)[] = []
  for (const event of events) {
    throwIfAborted(signal)
    const decision = await noteDecision(context, 'session', applyEvent(context, stored, event, signal))
    decisions.push(decision ?? null)
  }
  return decisions
}
