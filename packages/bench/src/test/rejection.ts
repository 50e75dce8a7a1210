import { TurnwiseError } from '@turnwise/core'

/** The TurnwiseError that a promise ends in. */
export async function rejection(promise: Promise<unknown>): Promise<TurnwiseError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof TurnwiseError) return error
  throw new Error(`Expected a TurnwiseError, found ${String(error)}.`)
}
