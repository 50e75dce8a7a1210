import type { CancelSignal, Session, SessionDecision } from '@turnwise/core'
import type { ServerContext } from '../context.js'
import { checkCount } from '../decideMany.js'
import type { SessionEvent } from '../schemas/sessions.js'
import type { Settings } from '../settings.js'
import { bytesOf } from './holdings.js'
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
  const bytes = content === undefined ? 0 : bytesOf([{ content }])
  return sessions.change(stored, bytes, () => tell(stored.session, event, settings, signal))
}

/** What the session is given to keep. */
function textOf(event: SessionEvent): string | undefined {
  if (event.type === 'addMessage') return event.message.content
  return 'text' in event ? event.text : undefined
}

function tell(
  session: Session,
  event: SessionEvent,
  settings: Settings,
  signal: CancelSignal | undefined,
): Promise<SessionDecision | undefined> | undefined {
  switch (event.type) {
    case 'agentSpeaking':
      session.agentSpeaking(event.text)
      return undefined
    case 'agentFinished':
      checkRoom(session, settings)
      session.agentFinished(event.text)
      return undefined
    case 'expecting':
      session.expecting(event.expect ?? undefined)
      return undefined
    case 'addMessage':
      checkRoom(session, settings)
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
function checkRoom({ messages }: Session, { maxMessages, maxBodyBytes }: Settings): void {
  checkCount('messages', messages.length + 1, maxMessages, 'maxMessages')
  const length = messages.reduce((sum, { content }) => sum + content.length, 0)
  checkCount('characters', length, maxBodyBytes, 'maxBodyBytes')
}
