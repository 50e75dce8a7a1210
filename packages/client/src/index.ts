export {
  ACTIONS,
  type Action,
  type CancelSignal,
  type CountedExpectation,
  type Decision,
  type DecisionReason,
  ERROR_CATALOGUE,
  type ErrorCode,
  EXPECTATIONS,
  type Expectation,
  type ExpectationKind,
  type HearOptions,
  type Message,
  POLICIES,
  type Policy,
  type PolicyName,
  type PredictManyOptions,
  type PredictOptions,
  type PredictRequest,
  type Probabilities,
  ROLES,
  type Role,
  type SessionDecision,
  TurnwiseError,
} from '@turnwise/core'
export { type ClientOptions, DEFAULT_CLIENT_OPTIONS } from './clientOptions.js'
export type { ClientSession, ClientSessionOptions } from './clientSession.js'
export { type Client, createClient } from './createClient.js'
export type { SocketConstructor } from './socket.js'
