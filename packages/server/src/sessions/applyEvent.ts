import type { CancelSignal, SessionDecision } from '@turnwise/core'
import type { ServerContext } from '../context.js'
import { checkCount } from '../decideMany.js'
import type { SessionEvent } from '../schemas/sessions.js'
import type { Settings } from '../settings.js'
import type { StoredSession } from './sessionStore.js'

/**
 * Tells a session what happened. The session knows it when this returns; the decision, if the event asks for one, comes
 * later.
 *
 * @throws TurnwiseError TOO_MANY_SESSIONS, REQUEST_TOO_LARGE, and those of the session's methods
 */
export function applyEvent(
  { sessions, settings }: ServerContext,
  stored: StoredSession,
  event: SessionEvent,
  signal?: CancelSignal,
): Promise<SessionDecision | undefined> | undefined {
  const content = textOf(event)
  const more = content === undefined ? { count: 0, characters: 0 } : { count: 1, characters: content.length }
  return sessions.change(stored, more, () => tell(stored, event, settings, signal))
}

/** What the session is given to keep. */
function textOf(event: SessionEvent): string | undefined {
  if (event.type === 'addMessage') return event.message.content
  return 'text' in event ? event.text : undefined
}

function tell(
  stored: StoredSession,
  event: SessionEvent,
  settings: Settings,
  signal: CancelSignal | undefined,
): Promise<SessionDecision | undefined> | undefined {
  const { session } = stored
  switch (event.type) {
    case 'agentSpeaking':
      session.agentSpeaking(event.text)
      return undefined
    case 'agentFinished':
      checkRoom(stored, settings)
      session.agentFinished(event.text)
      return undefined
    case 'expecting':
      session.expecting(event.expect ?? undefined)
      return undefined
    case 'addMessage':
      checkRoom(stored, settings)
      session.addMessage(event.message)
      return undefined
    case 'hear':
      return session.hear(event.text, { final: event.final, atMs: event.atMs, signal })
    case 'userSilent':
      return session.userSilent(event.atMs)
  }
}

/**
 * A session drops what no longer fits into a prompt, but only when it decides: who never asks for a decision could fill
 * the memory.
 */
function checkRoom({ size }: StoredSession, { maxMessages, maxBodyBytes }: Settings): void {
  checkCount('messages', size.count + 1, maxMessages, 'maxMessages')
  checkCount('characters', size.characters, maxBodyBytes, 'maxBodyBytes')
}
