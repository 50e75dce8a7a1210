import swagger from '@fastify/swagger'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { OpenAPIV3_1 } from 'openapi-types'
import type { App } from './context.js'
import { renderDocumentation } from './renderDocumentation.js'

const DESCRIPTION = `Turn-taking decisions for voice agents: when to speak, wait, stop or go on.
Sessions also run over the WebSocket \`/v1/stream\`, which docs/http.md describes.`

/**
 * Collects what the endpoints say of themselves. To be called before they are added.
 *
 * @param hasKeys whether endpoints that are not public ask for a key
 */
export async function addOpenApi(app: App, version: string, hasKeys: boolean): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'turnwise',
        version,
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: [
        { name: 'decisions', description: 'Decisions about whole conversations.' },
        { name: 'sessions', description: 'Live conversations, of which nothing is computed twice.' },
        { name: 'inference', description: 'The Open Inference Protocol, version 2.' },
        { name: 'health', description: 'Whether the server runs, and how.' },
      ],
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: hasKeys ? [{ key: [] }] : [],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withoutUnused(jsonSchemaTransformObject(document) as OpenAPIV3_1.Document),
  })
}

/** The document, and a page of it that asks nothing of anybody. Both are made once: it takes a while. */
export function addOpenApiRoutes(app: App): void {
  const options = { schema: { hide: true }, config: { isPublic: true } }
  let json = ''
  let page = ''
  app.addHook('onReady', async () => {
    const document = app.swagger() as OpenAPIV3_1.Document
    json = JSON.stringify(document)
    page = renderDocumentation(document)
  })
  app.get('/openapi.json', options, async (_request, reply) => {
    reply.type('application/json; charset=utf-8')
    return json
  })
  app.get('/docs', options, async (_request, reply) => {
    reply.type('text/html; charset=utf-8')
    return page
  })
}

/** What streams carry, which no endpoint refers to. */
const STREAM_SCHEMAS = ['StreamRequestInput', 'StreamReply']

/** Each schema comes as an input and as an output; most are only one of the two. */
function withoutUnused(document: OpenAPIV3_1.Document): OpenAPIV3_1.Document {
  const schemas = document.components?.schemas ?? {}
  const used = new Set<string>()
  function follow(value: unknown): void {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue
      used.add(name)
      follow(schemas[name] ?? {})
    }
  }
  follow(document.paths ?? {})
  follow(STREAM_SCHEMAS.map((name) => `#/components/schemas/${name}`))
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)))
  return { ...document, components: { ...document.components, schemas: kept } }
}
