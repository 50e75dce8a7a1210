import { ACTIONS, TurnwiseError } from '@turnwise/core'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { PUBLIC_ROUTE, PUBLIC_SECURITY } from '../authenticate.js'
import type { App, ServerContext } from '../context.js'
import { decideMany, refuseEarly } from '../decideMany.js'
import { prepareError } from '../errorHandling.js'
import { JSON_LENGTH_HEADER, readInferBody, writeFloats } from '../inference/binaryTensors.js'
import { readConversations } from '../inference/readConversations.js'
import {
  INPUT_NAME,
  type InferRequest,
  type InferResponse,
  inferErrorSchema,
  inferRequestSchema,
  inferResponseSchema,
  modelMetadataSchema,
  modelParamsSchema,
  OUTPUT_NAME,
  serverMetadataSchema,
  versionParamsSchema,
} from '../schemas/inference.js'
import { readVersion } from '../version.js'

const tags = ['inference']
const errors = { '4xx': inferErrorSchema, '5xx': inferErrorSchema }

const INFER_RESPONSE = {
  description: 'Four probabilities for each conversation.',
  content: {
    'application/json': { schema: inferResponseSchema },
    'application/octet-stream': { schema: z.custom<Buffer>().meta({ type: 'string', format: 'binary' }) },
  },
}

/** The Open Inference Protocol, version 2, with its binary tensors: what Triton and KServe speak. */
export async function addInferenceRoutes(app: App, context: ServerContext): Promise<void> {
  await app.register(async (scope: App) => {
    // The protocol's own form: one text.
    scope.setErrorHandler((error, request, reply) => {
      const { code, message } = prepareError(context, error, request, reply)
      return reply.send({ error: `${code}: ${message}` })
    })
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, async ({ headers }: FastifyRequest, body: Buffer) =>
      readInferBody(body, headers[JSON_LENGTH_HEADER]?.toString()),
    )
    addServerRoutes(scope, context)
    addModelRoutes(scope, context, '/v2/models/:name', modelParamsSchema)
    addModelRoutes(scope, context, '/v2/models/:name/versions/:version', versionParamsSchema)
  })
}

function addServerRoutes(app: App, { health }: ServerContext): void {
  const about = { tags, summary: 'About the server', response: { 200: serverMetadataSchema, ...errors } }
  app.get('/v2', { schema: about }, async () => ({
    name: 'turnwise',
    version: readVersion(),
    extensions: ['binary_tensor_data'],
  }))

  const live = {
    tags,
    summary: 'Whether the process runs',
    security: PUBLIC_SECURITY,
    response: { 200: z.object({ live: z.boolean() }) },
  }
  app.get('/v2/health/live', { schema: live, config: PUBLIC_ROUTE }, async () => ({ live: true }))

  const readiness = z.object({ ready: z.boolean() })
  const ready = {
    tags,
    summary: 'Whether requests should be sent here',
    security: PUBLIC_SECURITY,
    response: { 200: readiness, 503: readiness },
  }
  app.get('/v2/health/ready', { schema: ready, config: PUBLIC_ROUTE }, async (_request, reply) => {
    const isReady = (await health.unreadyReason()) === undefined
    return reply.code(isReady ? 200 : 503).send({ ready: isReady })
  })
}

function addModelRoutes(
  app: App,
  context: ServerContext,
  prefix: string,
  params: typeof modelParamsSchema | typeof versionParamsSchema,
): void {
  const { name, version } = context.detector.manifest

  function checkModel(asked: z.output<typeof params>): void {
    if (asked.name === name && (!('version' in asked) || asked.version === version)) return
    throw new TurnwiseError('NOT_FOUND', `The server has the model ${name}, version ${version}, and no other.`)
  }

  const about = { tags, summary: 'About the model', params, response: { 200: modelMetadataSchema, ...errors } }
  app.get(prefix, { schema: about }, async (request) => {
    checkModel(request.params)
    return {
      name,
      versions: [version],
      platform: 'turnwise',
      inputs: [{ name: INPUT_NAME, datatype: 'BYTES', shape: [-1] }],
      outputs: [{ name: OUTPUT_NAME, datatype: 'FP32', shape: [-1, ACTIONS.length] }],
    }
  })

  const readiness = z.object({ name: z.string(), ready: z.boolean() })
  const ready = {
    tags,
    summary: 'Whether the model answers',
    params,
    response: { 200: readiness, 503: readiness, '4xx': inferErrorSchema },
  }
  app.get(`${prefix}/ready`, { schema: ready }, async (request, reply) => {
    checkModel(request.params)
    const isReady = (await context.health.unreadyReason()) === undefined
    return reply.code(isReady ? 200 : 503).send({ name, ready: isReady })
  })

  const infer = {
    tags,
    summary: 'Decide about conversations',
    params,
    body: inferRequestSchema,
    response: { 200: INFER_RESPONSE, ...errors },
  }
  app.post(`${prefix}/infer`, { schema: infer, onRequest: refuseEarly(context) }, async (request, reply) => {
    const { body } = request
    checkModel(request.params)
    const decisions = await decideMany(context, request, 'infer', readConversations(body))
    const values = decisions.flatMap(({ probabilities }) => ACTIONS.map((action) => probabilities[action]))
    const head = { id: body.id, model_name: name, model_version: version }
    const shape = [decisions.length, ACTIONS.length]
    const output = { name: OUTPUT_NAME, shape, datatype: 'FP32' } as const
    if (!wantsBinary(body)) return { ...head, outputs: [{ ...output, data: values }] }
    const tensor = writeFloats(values)
    const parameters = { binary_data_size: tensor.length }
    const answer: InferResponse = { ...head, outputs: [{ ...output, parameters }] }
    const json = Buffer.from(JSON.stringify(answer))
    reply.type('application/octet-stream').header(JSON_LENGTH_HEADER, json.length)
    return Buffer.concat([json, tensor])
  })
}

/** Whether the output is asked for in binary: it says so itself, or the request says so of all. */
function wantsBinary({ parameters, outputs }: InferRequest): boolean {
  const own = outputs?.[0]?.parameters?.binary_data
  return (own ?? parameters?.binary_data_output) === true
}
