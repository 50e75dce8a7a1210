import type { CancelSignal, Session, SessionDecision } from '@turnwise/core'
import { checkCount } from '../decideMany.js'
import type { SessionEvent } from '../schemas/sessions.js'
import type { Settings } from '../settings.js'

/**
 * Tells a session what happened. The session knows it when this returns; the decision, if the event asks for one, comes
 * later.
 *
 * @throws TurnwiseError REQUEST_TOO_LARGE, and those of the session's methods
 */
export function applyEvent(
  session: Session,
  event: SessionEvent,
  settings: Settings,
  signal?: CancelSignal,
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
