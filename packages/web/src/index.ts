export {
  ACTIONS,
  type Action,
  type CancelSignal,
  type CountedExpectation,
  type Decision,
  type DecisionReason,
  type Detector,
  ERROR_CATALOGUE,
  type ErrorCode,
  EXPECTATIONS,
  type Expectation,
  type ExpectationKind,
  type HearOptions,
  type Manifest,
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
  type SavedSession,
  type Session,
  type SessionDecision,
  type SessionOptions,
  TurnwiseError,
} from '@turnwise/core'
export type { DownloadProgress } from '@turnwise/core/runtime'
export { EXECUTION_CHOICES, EXECUTIONS, type Execution, type ExecutionChoice } from './execution.js'
export { loadDetector } from './loadDetector.js'
export { DEFAULT_LOAD_OPTIONS, type LoadOptions } from './loadOptions.js'
export type { ExecutionComparison, WebDetector } from './webDetector.js'
