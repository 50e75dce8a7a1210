import { type ErrorCode, TurnwiseError } from '../errors.js'

/** What rows may run together: none; those without a past or a state to keep, padded to the longest; any, unpadded. */
const ROW_SHARING = ['alone', 'padded', 'packed'] as const
export type RowSharing = (typeof ROW_SHARING)[number]

/** The first tokens of a key/value state. States stay with the graph and are known by numbers. */
export interface StatePart {
  readonly id: number
  readonly tokenCount: number
}

/** A row of a run. */
export interface GraphRow {
  /** The tokens to run, without those of the past. */
  readonly tokens: readonly number[]
  readonly past?: StatePart | undefined
  /** Keeps a state under this number, of at least so many first tokens, those of the past included. */
  readonly keep?: StatePart | undefined
}

/** What a row gave. */
export interface GraphRowResult {
  /** Of the actions, in class order. */
  readonly logits: readonly number[]
  /** The memory of the state that was kept; 0 if none was. */
  readonly stateBytes: number
}

/** A message to the worker. */
export type GraphRequest =
  | { readonly kind: 'run'; readonly rows: readonly GraphRow[] }
  | { readonly kind: 'release'; readonly id: number }
  | { readonly kind: 'close' }

/** A message of the worker: first `ready` or `failed`, then an answer to each run, in their order. */
export type GraphReply =
  | { readonly kind: 'ready'; readonly sharing: RowSharing }
  | { readonly kind: 'result'; readonly results: readonly GraphRowResult[] }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** A {@link TurnwiseError} as it crosses threads: classes do not survive that. */
export interface Failure {
  readonly code: ErrorCode
  readonly problem: string
  readonly value: unknown
  readonly cause: unknown
}

/** What was thrown, for another thread. What is no TurnwiseError is the runtime's. */
export function packFailure(error: unknown): Failure {
  if (!(error instanceof TurnwiseError)) {
    return { code: 'MODEL_FAILED', problem: 'ONNX Runtime failed.', value: undefined, cause: error }
  }
  const { code, problem, value, cause } = error
  return { code, problem, value, cause }
}

/** The error again. */
export function unpackFailure({ code, problem, value, cause }: Failure): TurnwiseError {
  return new TurnwiseError(code, problem, cause === undefined ? { value } : { value, cause })
}
