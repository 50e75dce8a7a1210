import type { App, ServerContext } from '../context.js'

export function addMetricsRoute(app: App, { metrics: { registry } }: ServerContext): void {
  const schema = { tags: ['health'], summary: 'Metrics for Prometheus', produces: [registry.contentType] }
  app.get('/metrics', { schema }, async (_request, reply) => {
    reply.type(registry.contentType)
    return registry.metrics()
  })
}
