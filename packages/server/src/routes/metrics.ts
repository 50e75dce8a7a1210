import { TurnwiseError } from '@turnwise/core'
import { z } from 'zod'
import type { App, ServerContext } from '../context.js'
import { errorResponses } from '../schemas/errorBody.js'

export function addMetricsRoute(app: App, { metrics: { registry } }: ServerContext): void {
  const schema = {
    tags: ['health'],
    summary: 'Metrics for Prometheus',
    response: {
      200: { description: 'All metrics as text.', content: { 'text/plain': { schema: z.string() } } },
      401: errorResponses[401],
      429: errorResponses[429],
    },
  }
  app.get('/metrics', { schema }, async ({ url }, reply) => {
    // Balancers keep others from it by these very letters; the router takes them percent-encoded too.
    if (url.split('?')[0] !== '/metrics') throw new TurnwiseError('NOT_FOUND', 'There is no such endpoint.')
    reply.type(registry.contentType).serializer(String)
    return registry.metrics()
  })
}
