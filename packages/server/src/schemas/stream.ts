import { z } from 'zod'
import { LEAVE_REASONS } from '../sessions/sessionStore.js'
import { sessionDecisionSchema } from './conversation.js'
import { errorSchema } from './errorBody.js'
import { eventSchemas, isAgentSpeaking, sessionIdSchema, sessionStartSchema } from './sessions.js'

const session = sessionIdSchema
const seq = z.int().min(1).describe("The session's next number: 1 after it was opened, and one more each time.")
const numbered = { session, seq }
const lastSeq = z.int().min(0).describe('The number of the last event that has come.')
const resume = z.string().describe('To open the session elsewhere. It holds what was said: keep it private.')

/** What a caller sends, one message a frame. */
export const streamRequestSchema = z
  .discriminatedUnion('type', [
    sessionStartSchema.extend({ type: z.literal('open'), session }),
    z.object({ type: z.literal('attach'), session }),
    z.object({ type: z.literal('save'), session }),
    z.object({ type: z.literal('close'), session }),
    z.object({ type: z.literal('ping') }),
    eventSchemas.agentSpeaking.extend(numbered),
    eventSchemas.agentFinished.extend(numbered),
    eventSchemas.expecting.extend(numbered),
    eventSchemas.addMessage.extend(numbered),
    eventSchemas.hear.extend(numbered),
    eventSchemas.userSilent.extend(numbered),
  ])
  .meta({ id: 'StreamRequest', description: 'What is sent over /v1/stream.' })

export type StreamRequest = z.output<typeof streamRequestSchema>

/** What the server sends, one message a frame. */
export const streamReplySchema = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('opened'), session, lastSeq, isAgentSpeaking }),
    z.object({ type: z.literal('attached'), session, lastSeq }),
    z.object({ type: z.literal('saved'), session, lastSeq, resume }),
    z.object({ type: z.literal('decision'), session, seq, decision: sessionDecisionSchema.nullable() }),
    z.object({ type: z.literal('superseded'), session, seq, by: z.int().describe('The `hear` that replaced it.') }),
    z.object({
      type: z.literal('closed'),
      session,
      reason: z.enum(LEAVE_REASONS),
      lastSeq,
      resume: resume.optional().describe('Where the session may go on.'),
    }),
    z.object({ type: z.literal('pong') }),
    z.object({ type: z.literal('error'), session: session.optional(), seq: seq.optional(), error: errorSchema }),
  ])
  .meta({ id: 'StreamReply', description: 'What comes over /v1/stream.' })

export type StreamReply = z.output<typeof streamReplySchema>
