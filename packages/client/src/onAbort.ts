import { type CancelSignal, TurnwiseError } from '@turnwise/core'

/**
 * Waits for a signal to be aborted.
 *
 * @returns ends the waiting
 */
export function onAbort(signal: CancelSignal | undefined, listener: (error: TurnwiseError) => void): () => void {
  if (!(signal instanceof AbortSignal)) return () => undefined
  const abort = () => listener(new TurnwiseError('ABORTED', 'The call was aborted.', { cause: signal.reason }))
  signal.addEventListener('abort', abort, { once: true })
  return () => signal.removeEventListener('abort', abort)
}
