import { TurnwiseError } from './errors.js'

/** The part of an AbortSignal that core looks at; any AbortSignal is one. */
export interface CancelSignal {
  readonly aborted: boolean
  readonly reason?: unknown
}

/** @throws TurnwiseError ABORTED, with the signal's reason as its cause */
export function throwIfAborted(signal: CancelSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new TurnwiseError('ABORTED', 'The call was aborted.', { cause: signal.reason })
  }
}
