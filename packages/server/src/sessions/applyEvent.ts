import type { CancelSignal, Session, SessionDecision } from '@turnwise/core'
import type { SessionEvent } from '../schemas/sessions.js'

/**
 * Tells a session what happened. The session knows it when this returns; the decision, if the event asks for one, comes
 * later.
 *
 * @throws TurnwiseError those of the session's methods
 */
export function applyEvent(
  session: Session,
  event: SessionEvent,
  signal?: CancelSignal,
): Promise<SessionDecision | undefined> | undefined {
  switch (event.type) {
    case 'agentSpeaking':
      session.agentSpeaking(event.text)
      return undefined
    case 'agentFinished':
      session.agentFinished(event.text)
      return undefined
    case 'expecting':
      session.expecting(event.expect ?? undefined)
      return undefined
    case 'addMessage':
      session.addMessage(event.message)
      return undefined
    case 'hear':
      return session.hear(event.text, { final: event.final, atMs: event.atMs, signal })
    case 'userSilent':
      return session.userSilent(event.atMs)
  }
}
