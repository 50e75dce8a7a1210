import { describeUnquoted, TurnwiseError } from './errors.js'

/**
 * Checks the time of an event, ms on any clock.
 *
 * @throws TurnwiseError INVALID_OPTION
 */
export function validateTime(atMs: unknown): void {
  if (Number.isFinite(atMs)) return
  throw new TurnwiseError('INVALID_OPTION', `atMs is ${describeUnquoted(atMs)}, expected a number of milliseconds.`)
}
