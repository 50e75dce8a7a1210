import { TurnwiseError } from '@turnwise/core'
import type { z } from 'zod'
import type { ServerContext } from '../context.js'
import { checkCount } from '../decideMany.js'
import type { sessionStartSchema } from '../schemas/sessions.js'
import { readResumeToken } from './resumeToken.js'
import type { StoredSession } from './sessionStore.js'

/**
 * Opens a session of an owner, new or from a token.
 *
 * @throws TurnwiseError SHUTTING_DOWN, REQUEST_TOO_LARGE, INVALID_SAVED_SESSION, and those of `SessionStore.open`
 */
export function openSession(
  { sessions, settings, health }: ServerContext,
  owner: string,
  id: string | undefined,
  { resume, ...start }: z.output<typeof sessionStartSchema>,
): StoredSession {
  if (health.isStopping) throw new TurnwiseError('SHUTTING_DOWN', 'No session is opened any more.')
  const options = resume === undefined ? start : readResumeToken(resume)
  // A token has not been checked yet: what it holds may be anything.
  const count = Array.isArray(options.messages) ? options.messages.length : 0
  checkCount('messages', count, settings.maxMessages, 'maxMessages')
  return sessions.open(owner, id, options)
}
