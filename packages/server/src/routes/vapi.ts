import {
  DEFAULT_POLICY,
  type Decision,
  type Message,
  POLICIES,
  type PolicyName,
  spokenMs,
  TurnwiseError,
  waitFor,
} from '@turnwise/core'
import type { App, ServerContext } from '../context.js'
import { decideMany, refuseEarly } from '../decideMany.js'
import { errorResponses } from '../schemas/errorBody.js'
import { vapiQuerySchema, vapiRequestSchema, vapiResponseSchema } from '../schemas/vapi.js'

/** The longest that Vapi takes. */
const MOST_SECONDS = 15

/** Vapi's name of a role and ours. */
const ROLES: Readonly<Record<string, Message['role']>> = { user: 'user', bot: 'assistant', assistant: 'assistant' }

const SCHEMA = {
  tags: ['decisions'],
  summary: "Vapi's custom endpointing model",
  description: "Answers each transcript with how long to wait, by the policy's table and the length of the turn.",
  querystring: vapiQuerySchema,
  body: vapiRequestSchema,
  response: { 200: vapiResponseSchema, ...errorResponses },
}

export function addVapiRoute(app: App, context: ServerContext): void {
  app.post('/v1/vapi/endpointing', { schema: SCHEMA, onRequest: refuseEarly(context) }, async (request) => {
    const { body, query } = request
    const messages = body.message.messages.flatMap(({ role, message: content = '' }) => {
      const known = ROLES[role]
      return known === undefined ? [] : [{ role: known, content }]
    })
    const [decision] = await decideMany(context, request, 'vapi', [{ messages, agentSpeaking: false }])
    if (decision === undefined) throw new TurnwiseError('MODEL_FAILED', 'The model gave no answer.')
    const last = messages.at(-1)
    const turn = last?.role === 'user' ? last.content : ''
    return { timeoutSeconds: secondsFor(decision, turn, query.policy ?? DEFAULT_POLICY) }
  })
}

/** How long silence has to last after what the user has said of a turn. */
function secondsFor({ action, confidence, yielded }: Decision, turn: string, policy: PolicyName): number {
  const completion = action === 'start_speaking' ? confidence : 1 - confidence
  // What was said before may lack its times, so that nothing is known of the caller's habit.
  const pace = { turnMs: spokenMs(turn), held: 0, answered: 0, yielded }
  return Math.min(MOST_SECONDS, waitFor(POLICIES[policy], completion, pace) / 1000)
}
