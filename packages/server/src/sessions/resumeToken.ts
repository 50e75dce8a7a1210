import { isRecord, type SavedSession, type Session, TurnwiseError } from '@turnwise/core'

/**
 * A session as a text that opens it again on any instance. The caller is given nothing that it has not said or been
 * told, so that there is nothing to seal; but it holds the conversation, and has to be kept as private as that.
 */
export function createResumeToken(session: Session): string {
  return Buffer.from(JSON.stringify(session)).toString('base64url')
}

/**
 * What a token holds; `openSession` checks it.
 *
 * @throws TurnwiseError INVALID_SAVED_SESSION
 */
export function readResumeToken(token: string): SavedSession {
  const saved = parseJson(Buffer.from(token, 'base64url').toString('utf8'))
  // Without a version it would pass for the options of a new session.
  if (!isRecord(saved) || !('formatVersion' in saved)) {
    throw new TurnwiseError('INVALID_SAVED_SESSION', 'The token is damaged.')
  }
  return saved as unknown as SavedSession
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
