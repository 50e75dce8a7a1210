import { TurnwiseError } from '@turnwise/core'

/** The ids that the server takes: they stand in addresses, which balancers compare as they are. */
const SESSION_ID = /^[A-Za-z0-9._-]{1,128}$/

/**
 * Checks the id of a session: the server cannot tell whose it is that it does not take.
 *
 * @throws TurnwiseError INVALID_OPTION
 */
export function validateSessionId(id: unknown): asserts id is string {
  if (typeof id === 'string' && SESSION_ID.test(id)) return
  // Not which: it may be somebody's number.
  const problem = 'id is not of 1 to 128 letters (a to z), digits, dots, underscores and hyphens.'
  throw new TurnwiseError('INVALID_OPTION', problem)
}
