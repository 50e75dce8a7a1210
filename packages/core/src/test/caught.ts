import { TurnwiseError } from '../errors.js'

/** The error that a function throws. For this package's own tests. */
export function caught(action: () => unknown): TurnwiseError {
  try {
    action()
  } catch (error) {
    if (error instanceof TurnwiseError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
