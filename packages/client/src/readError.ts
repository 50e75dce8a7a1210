import { ERROR_CATALOGUE, type ErrorCode, isRecord, TurnwiseError } from '@turnwise/core'

/**
 * The error that the server has sent, with its code. The cause is what was sent: `requestId`, to find it in the
 * server's log, and `retryAfterMs`, where asking again may help.
 */
export function readError(sent: unknown): TurnwiseError {
  const { code, message } = isRecord(sent) ? sent : {}
  if (typeof code !== 'string' || typeof message !== 'string') {
    return new TurnwiseError('REMOTE_FAILED', 'The server answered what cannot be understood.')
  }
  if (!Object.hasOwn(ERROR_CATALOGUE, code)) {
    // Of a newer server.
    return new TurnwiseError('REMOTE_FAILED', `The server answered ${code}: ${message}`, { cause: sent })
  }
  const known = code as ErrorCode
  return new TurnwiseError(known, message.replace(ERROR_CATALOGUE[known].remedy, '').trim(), { cause: sent })
}
