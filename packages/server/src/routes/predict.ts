import { TurnwiseError } from '@turnwise/core'
import type { App, ServerContext } from '../context.js'
import { decideMany, refuseEarly } from '../decideMany.js'
import { errorResponses } from '../schemas/errorBody.js'
import { deadlineHeadersSchema, predictRequestSchema, predictResponseSchema } from '../schemas/predict.js'

const SCHEMA = {
  tags: ['decisions'],
  summary: 'Decide about a conversation, or about many',
  description: 'One conversation is answered by its decision, a batch by its decisions in the same order.',
  headers: deadlineHeadersSchema,
  body: predictRequestSchema,
  response: { 200: predictResponseSchema, ...errorResponses },
}

export function addPredictRoute(app: App, context: ServerContext): void {
  app.post('/v1/predict', { schema: SCHEMA, onRequest: refuseEarly(context) }, async (request) => {
    const { body } = request
    if ('conversations' in body) {
      return { decisions: await decideMany(context, request, 'predict', body.conversations) }
    }
    const [decision] = await decideMany(context, request, 'predict', [body])
    if (decision === undefined) throw new TurnwiseError('MODEL_FAILED', 'The model gave no answer.')
    return decision
  })
}
