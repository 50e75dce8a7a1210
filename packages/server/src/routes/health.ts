import { PUBLIC_ROUTE, PUBLIC_SECURITY } from '../authenticate.js'
import type { App, ServerContext } from '../context.js'
import { liveSchema, readySchema, unreadySchema } from '../schemas/health.js'

export function addHealthRoutes(app: App, { detector, health }: ServerContext): void {
  const live = {
    tags: ['health'],
    summary: 'Whether the process runs',
    security: PUBLIC_SECURITY,
    response: { 200: liveSchema },
  }
  app.get('/health/live', { schema: live, config: PUBLIC_ROUTE }, async () => ({ status: 'live' as const }))

  const ready = {
    tags: ['health'],
    summary: 'Whether requests should be sent here',
    security: PUBLIC_SECURITY,
    description: 'No while the server stops, and while its model fails.',
    response: { 200: readySchema, 503: unreadySchema },
  }
  app.get('/health/ready', { schema: ready, config: PUBLIC_ROUTE }, async (_request, reply) => {
    const reason = await health.unreadyReason()
    if (reason !== undefined) return reply.code(503).send({ status: 'unready', reason })
    const { name, version } = detector.manifest
    return { status: 'ready' as const, model: { name, version } }
  })
}
