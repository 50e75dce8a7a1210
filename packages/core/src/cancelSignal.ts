import { TurnwiseError } from './errors.js'

/** The part of an AbortSignal that core looks at; any AbortSignal is one. */
export interface CancelSignal {
  readonly aborted: boolean
  readonly reason?: unknown
}

/** A call that waits, and may be aborted meanwhile. */
interface AbortableCall {
  readonly signal: CancelSignal | undefined
  reject(error: unknown): void
}

/** Rejects a call that was aborted; true if it still waits. */
export function rejectAborted({ signal, reject }: AbortableCall): boolean {
  try {
    throwIfAborted(signal)
    return true
  } catch (error) {
    reject(error)
    return false
  }
}

/** @throws TurnwiseError ABORTED, with the signal's reason as its cause */
export function throwIfAborted(signal: CancelSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new TurnwiseError('ABORTED', 'The call was aborted.', { cause: signal.reason })
  }
}
