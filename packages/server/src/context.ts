import type { Detector } from '@turnwise/core'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Gate } from './gate.js'
import type { Health } from './health.js'
import type { AccessKey } from './keys.js'
import type { Metrics } from './metrics.js'
import type { ResumeTokens } from './sessions/resumeTokens.js'
import type { SessionStore } from './sessions/sessionStore.js'
import type { Settings } from './settings.js'

/** What every endpoint works with. */
export interface ServerContext {
  readonly detector: Detector
  readonly settings: Settings
  readonly gate: Gate
  readonly health: Health
  readonly metrics: Metrics
  readonly sessions: SessionStore
  readonly resumeTokens: ResumeTokens
  /** Those that are known now. */
  keys(): readonly AccessKey[]
}

/** Fastify, with the types of requests and answers taken from their zod schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>
