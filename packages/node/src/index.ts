export {
  ACTIONS,
  type Action,
  type CancelSignal,
  type Decision,
  type Detector,
  ERROR_CATALOGUE,
  type ErrorCode,
  type HearOptions,
  type Manifest,
  type Message,
  type PredictManyOptions,
  type PredictOptions,
  type PredictRequest,
  type Probabilities,
  ROLES,
  type Role,
  type Session,
  type SessionOptions,
  TurnwiseError,
} from '@turnwise/core'
export { loadDetector } from './loadDetector.js'
export { DEFAULT_LOAD_OPTIONS, type DownloadProgress, type LoadOptions } from './loadOptions.js'
export { locateModel } from './locateModel.js'
export { pullModel } from './pullModel.js'
export { type FileReport, type ModelReport, verifyModel } from './verifyModel.js'
