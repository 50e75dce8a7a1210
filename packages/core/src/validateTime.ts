import { describeValue, TurnwiseError } from './errors.js'

/**
 * Checks the time of an event, ms on any clock.
 *
 * @throws TurnwiseError INVALID_OPTION
 */
export function validateTime(atMs: unknown): void {
  if (Number.isFinite(atMs)) return
  const problem = `atMs is ${describeValue(atMs)}, expected a number of milliseconds.`
  throw new TurnwiseError('INVALID_OPTION', problem, { value: atMs })
}
