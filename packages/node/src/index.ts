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
export type { DownloadProgress, ModelObserver, ModelRun } from '@turnwise/core/runtime'
export { loadDetector, type NodeDetector } from './loadDetector.js'
export {
  DEFAULT_LOAD_OPTIONS,
  type LoadOptions,
  RUNTIME_CHOICES,
  RUNTIMES,
  type Runtime,
  type RuntimeChoice,
} from './loadOptions.js'
export { type LocateDatasetOptions, locateDataset } from './locateDataset.js'
export { locateModel } from './locateModel.js'
export { loadOnnxRuntime, type OnnxRuntime } from './onnxRuntime.js'
export { pullModel } from './pullModel.js'
export { type FileReport, type ModelReport, verifyModel } from './verifyModel.js'
