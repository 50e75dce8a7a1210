import {
  type Expectation,
  isRecord,
  type Message,
  type Policy,
  type PolicyName,
  type SessionDecision,
} from '@turnwise/core'

/** What happens in a call; each is a method of a session. */
export type SessionEvent =
  | { readonly type: 'agentSpeaking'; readonly text: string }
  | { readonly type: 'agentFinished'; readonly text?: string | undefined }
  | { readonly type: 'expecting'; readonly expect: Expectation | null }
  | { readonly type: 'addMessage'; readonly message: Message }
  | { readonly type: 'hear'; readonly text: string; readonly final?: boolean | undefined; readonly atMs: number }
  | { readonly type: 'userSilent'; readonly atMs: number }

/** What a session begins with. */
export interface SessionStart {
  readonly messages?: readonly Message[] | undefined
  readonly expect?: Expectation | undefined
  readonly policy?: PolicyName | Policy | undefined
  readonly resume?: string | undefined
}

/** What is sent over a stream; docs/http.md says what follows what. */
export type StreamRequest =
  | ({ readonly type: 'open'; readonly session: string } & SessionStart)
  | { readonly type: 'attach' | 'save' | 'close'; readonly session: string }
  | { readonly type: 'ping' }
  | (SessionEvent & { readonly session: string; readonly seq: number })

/** What comes over a stream about a session. Older servers do not say `isAgentSpeaking`. */
export type SessionReply = { readonly session: string } & (
  | { readonly type: 'opened'; readonly isAgentSpeaking?: boolean }
  | { readonly type: 'attached'; readonly lastSeq: number }
  | { readonly type: 'saved'; readonly lastSeq: number; readonly resume: string }
  | { readonly type: 'decision'; readonly seq: number; readonly decision: SessionDecision | null }
  | { readonly type: 'superseded'; readonly seq: number; readonly by: number }
  | {
      readonly type: 'closed'
      readonly reason: 'closed' | 'idle' | 'taken' | 'stopping'
      readonly lastSeq: number
      readonly resume?: string
    }
  | { readonly type: 'error'; readonly seq?: number; readonly error: unknown }
)

/** Reads a frame; undefined if it is about no session, or cannot be read. */
export function readReply(frame: unknown): SessionReply | undefined {
  if (typeof frame !== 'string') return undefined
  const json = parseJson(frame)
  return isRecord(json) && typeof json.session === 'string' ? (json as unknown as SessionReply) : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
