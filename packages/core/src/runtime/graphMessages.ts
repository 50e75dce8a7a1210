import { type ErrorCode, TurnwiseError } from '../errors.js'

/** One run of the graph. Key/value states stay with the graph and are known by numbers. */
export interface GraphRun {
  /** The tokens of each row, without those of the past. */
  readonly rows: readonly (readonly number[])[]
  /** The first tokens of a state, for a run of one row. */
  readonly past?: { readonly id: number; readonly tokenCount: number } | undefined
  /** Keeps the state of a run of one row under this number. */
  readonly keepAs?: number | undefined
}

/** What a run gives. */
export interface GraphRunResult {
  /** Of the actions, in class order, for each row. */
  readonly logits: readonly (readonly number[])[]
  /** The memory of the state that was kept; 0 if none was asked for. */
  readonly stateBytes: number
}

/** A message to the worker. */
export type GraphRequest =
  | { readonly kind: 'run'; readonly run: GraphRun }
  | { readonly kind: 'release'; readonly id: number }
  | { readonly kind: 'close' }

/** A message of the worker: first `ready` or `failed`, then an answer to each run, in their order. */
export type GraphReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly result: GraphRunResult }
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
