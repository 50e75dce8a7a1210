import { isRecord, TurnwiseError } from '@turnwise/core'
import { describeIssue } from '../describeError.js'
import { sessionIdSchema } from '../schemas/sessions.js'
import { type StreamRequest, streamRequestSchema } from '../schemas/stream.js'

/** A message of a caller, or what is wrong with it and which one it was. */
export type ReadRequest =
  | { readonly request: StreamRequest }
  | { readonly error: TurnwiseError; readonly session?: string; readonly seq?: number }

/** Reads a frame. */
export function readRequest(text: string): ReadRequest {
  const json = parseJson(text)
  if (json === undefined) return { error: new TurnwiseError('INVALID_JSON', 'The message is not valid JSON.') }
  const parsed = streamRequestSchema.safeParse(json)
  if (parsed.success) return { request: parsed.data }
  const [issue = { path: [], message: 'It cannot be read' }] = parsed.error.issues
  const { session, seq } = isRecord(json) ? json : {}
  return {
    error: describeIssue(issue, 'message'),
    ...(sessionIdSchema.safeParse(session).success ? { session: session as string } : {}),
    ...(Number.isSafeInteger(seq) && (seq as number) >= 1 ? { seq: seq as number } : {}),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
