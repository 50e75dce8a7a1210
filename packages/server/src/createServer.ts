import { randomBytes } from 'node:crypto'
import type { Detector } from '@turnwise/core'
import Fastify, { type FastifyReply, LogController } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { addAuthentication } from './authenticate.js'
import { addHostCheck } from './checkHost.js'
import { answerClientError } from './clientErrors.js'
import type { App, ServerContext } from './context.js'
import { type Certificate, createHttpServer } from './createHttpServer.js'
import { addErrorHandling, answerError } from './errorHandling.js'
import { createGate } from './gate.js'
import { createHealth } from './health.js'
import { IncomingRequest } from './incomingRequest.js'
import type { AccessKey } from './keys.js'
import { addRequestLog, type LogStream, loggerOptions } from './logging.js'
import { createMetrics } from './metrics.js'
import type { ModelMetrics } from './modelMetrics.js'
import { addOpenApi, addOpenApiRoutes } from './openApi.js'
import { addHealthRoutes } from './routes/health.js'
import { addInferenceRoutes } from './routes/inference.js'
import { addMetricsRoute } from './routes/metrics.js'
import { addPlaygroundRoutes, type Playground } from './routes/playground.js'
import { addPredictRoute } from './routes/predict.js'
import { addSessionRoutes } from './routes/sessions.js'
import { addStreamRoute } from './routes/stream.js'
import { addVapiRoute } from './routes/vapi.js'
import { addSecurity } from './security.js'
import { createResumeTokens } from './sessions/resumeTokens.js'
import { createSessionStore } from './sessions/sessionStore.js'
import { DEFAULT_SETTINGS, type Settings } from './settings.js'
import { readVersion } from './version.js'

/** Options of {@link createServer}. */
export interface ServerOptions {
  /** Who decides. The server does not close it. */
  readonly detector: Detector
  /** By default {@link DEFAULT_SETTINGS}. */
  readonly settings?: Partial<Settings>
  /** The keys that are known now; asked for with each request. By default none: everybody may ask. */
  readonly keys?: () => readonly AccessKey[]
  /** Secrets of resume tokens that are known now: the first seals, all open. By default one that nobody else has. */
  readonly resumeSecrets?: () => readonly string[]
  /** What the detector's model does, if that was loaded with their observer. */
  readonly modelMetrics?: ModelMetrics | undefined
  /** Served at /playground/. By default there is none. */
  readonly playground?: Playground | undefined
  /** For TLS. */
  readonly certificate?: Certificate | undefined
  /** Where the log goes; by default to stdout. */
  readonly log?: LogStream | undefined
}

/** A server that is made, and not yet listening. */
export interface Server {
  /** The Fastify instance; `app.inject` asks it without a network. */
  readonly app: App
  /**
   * Stops: readiness says no at once, requests are still taken for a while, those under way are answered, and sessions
   * are handed back. May be called again.
   *
   * @param drainMs how long requests are still taken; by default as the settings say
   */
  close(drainMs?: number): Promise<void>
}

/**
 * Puts the server together. `startServer` also listens.
 *
 * @throws TurnwiseError PLAYGROUND_NOT_BUILT, MODEL_FILE_MISSING
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const secret = randomBytes(32).toString('base64url')
  const {
    detector,
    keys = () => [],
    resumeSecrets = () => [secret],
    certificate,
    log,
    modelMetrics,
    playground,
  } = options
  const settings = { ...DEFAULT_SETTINGS, ...options.settings }
  const metrics = createMetrics(
    () => ({ running: gate.running, waiting: gate.waiting, sessions: sessions.size }),
    modelMetrics?.metrics,
  )
  const gate = createGate(settings, (waitedMs) => metrics.queueSeconds.observe(waitedMs / 1000))
  const health = createHealth(detector)
  const sessions = createSessionStore(detector, settings, keys)
  const resumeTokens = createResumeTokens(resumeSecrets, settings.resumeMs)
  const context: ServerContext = { detector, settings, gate, health, metrics, sessions, resumeTokens, keys }

  const app: App = Fastify({
    logger: loggerOptions(settings, log),
    logController: new LogController({ disableRequestLogging: true }),
    // What is still asked on an open connection is answered, and the connection closed.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => void answerError(context, error, request, reply as FastifyReply),
    clientErrorHandler: (error, socket) => answerClientError(context, error, socket),
    bodyLimit: settings.maxBodyBytes,
    // As long as the id of a session may be.
    routerOptions: { maxParamLength: 128 },
    serverFactory: (handler) => createHttpServer(settings, certificate, handler),
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  // A web page may send plain text anywhere without being asked about it; nothing here reads any.
  app.removeContentTypeParser('text/plain')
  addErrorHandling(app, context)
  addRequestLog(app, context)
  app.addHook('onRequest', async (_request, reply) => {
    if (health.isStopping) reply.header('connection', 'close')
  })
  app.addHook('onSend', async ({ raw }, reply) => {
    if (raw instanceof IncomingRequest && raw.isLast) reply.header('connection', 'close')
  })
  addHostCheck(app, context)
  // Before the keys: a browser asks whether a page may ask without one.
  await addSecurity(app, settings)
  addAuthentication(app, keys)
  await addOpenApi(app, readVersion(), keys().length > 0)

  addHealthRoutes(app, context)
  addPredictRoute(app, context)
  addSessionRoutes(app, context)
  await addStreamRoute(app, context)
  addVapiRoute(app, context)
  await addInferenceRoutes(app, context)
  addMetricsRoute(app, context)
  addOpenApiRoutes(app)
  if (playground !== undefined) {
    const { file, dataFiles = [] } = detector.manifest.onnx
    await addPlaygroundRoutes(app, playground, [file, ...dataFiles])
  }
  await app.ready()

  async function stop(drainMs: number): Promise<void> {
    health.isStopping = true
    app.log.info({ drainMs }, 'stopping')
    await new Promise((resolve) => setTimeout(resolve, drainMs))
    await app.close()
    await sessions.close()
  }

  let closing: Promise<void> | undefined
  return {
    app,
    close(drainMs = settings.drainMs) {
      closing ??= stop(drainMs)
      return closing
    },
  }
}
