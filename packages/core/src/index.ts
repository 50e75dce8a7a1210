export { ACTIONS, type Action, fittingActions, SILENT_ACTIONS, SPEAKING_ACTIONS } from './actions.js'
export { type CancelSignal, throwIfAborted } from './cancelSignal.js'
export { type Decision, type DecisionContext, decide, type Probabilities } from './decision.js'
export { deriveManifest } from './deriveManifest.js'
export {
  createDetector,
  type Detector,
  type PredictManyOptions,
  type PredictOptions,
  type PredictRequest,
} from './detector.js'
export type { ErrorEntry } from './errorEntry.js'
export {
  describeValue,
  ERROR_CATALOGUE,
  type ErrorCode,
  TurnwiseError,
  type TurnwiseErrorOptions,
} from './errors.js'
export {
  COUNTED_EXPECTATIONS,
  type CountedExpectation,
  codeAskedFor,
  EXPECTATIONS,
  type Expectation,
  type ExpectationKind,
  MAX_EXPECTED_LENGTH,
  validateExpectation,
} from './expectation.js'
export { isRecord } from './json.js'
export { type DecisionReason, type Judgement, judge, RULES, type Rule, type Situation } from './judge.js'
export { type LogitsKind, type Manifest, type ManifestFile, type OnnxForm, parseManifest } from './manifest.js'
export {
  type Message,
  ROLES,
  type Role,
  validateConversation,
  validateMessages,
  validateText,
} from './messages.js'
export type {
  ActionLogits,
  LanguageModel,
  ModelAnswer,
  ModelRequest,
  PrefixState,
} from './model.js'
export { isPause, type Pace, pacedCompletion, spokenMs } from './pace.js'
export { DEFAULT_POLICY, MAX_WAIT_POINTS, POLICIES, type Policy, type PolicyName, type WaitPoint } from './policy.js'
export { type CachedAnswer, createPrefixCache, type PrefixCache } from './prefixCache.js'
export { createPromptEncoder, type PromptEncoder, type PromptTokens } from './prompt.js'
export type { SavedSession, UserTurn } from './savedSession.js'
export type { HearOptions, Session, SessionDecision, SessionOptions } from './session.js'
export { createTokenizer, type Tokenizer } from './tokenizer.js'
export { validateFlag } from './validateOptions.js'
export { validateTime } from './validateTime.js'
export { waitFor } from './waiting.js'
