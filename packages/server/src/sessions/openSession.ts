import { TurnwiseError } from '@turnwise/core'
import type { z } from 'zod'
import type { ServerContext } from '../context.js'
import { checkCount } from '../decideMany.js'
import type { sessionStartSchema } from '../schemas/sessions.js'
import type { StoredSession } from './sessionStore.js'

/**
 * Opens a session of an owner, new or from a token.
 *
 * @throws TurnwiseError SHUTTING_DOWN, REQUEST_TOO_LARGE, INVALID_RESUME_TOKEN, and those of `SessionStore.open`
 */
export function openSession(
  { sessions, resumeTokens, settings, health }: ServerContext,
  owner: string,
  id: string | undefined,
  { resume, ...start }: z.output<typeof sessionStartSchema>,
): StoredSession {
  if (health.isStopping) throw new TurnwiseError('SHUTTING_DOWN', 'No session is opened any more.')
  const options = resume === undefined ? start : resumeTokens.open(owner, resume)
  checkCount('messages', options.messages?.length ?? 0, settings.maxMessages, 'maxMessages')
  return sessions.open(owner, id, options)
}
