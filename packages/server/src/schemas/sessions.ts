import {
  COUNTED_EXPECTATIONS,
  EXPECTATIONS,
  MAX_EXPECTED_LENGTH,
  MAX_WAIT_POINTS,
  POLICIES,
  type PolicyName,
} from '@turnwise/core'
import { z } from 'zod'
import { messageSchema, messagesSchema, sessionDecisionSchema } from './conversation.js'

const share = z.number().min(0).max(1)
const text = z.string()
const atMs = z.number().optional().describe("When, ms on any clock that all of a session's events share.")

export const sessionIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,128}$/)
  .meta({ id: 'SessionId', description: 'Yours to choose; unique among the sessions of a key.' })

const expectationSchema = z
  .union([
    z.enum(EXPECTATIONS),
    z.object({
      kind: z.enum(COUNTED_EXPECTATIONS),
      length: z.int().min(1).max(MAX_EXPECTED_LENGTH).describe('How many letters and digits the answer has.'),
    }),
  ])
  .meta({ id: 'Expectation', description: 'What the agent has asked for, and how long it is where that is known.' })

const policySchema = z
  .union([
    z.enum(Object.keys(POLICIES) as PolicyName[]),
    z.object({
      cutOffBudget: share,
      wait: z
        .array(z.tuple([share, z.number().min(0)]))
        .min(2)
        .max(MAX_WAIT_POINTS),
      turnLengthWeight: z.number().min(0),
      habitWeight: z.number().min(0),
      yieldWeight: z.number().min(0).optional(),
      speakFrom: share,
      interruptFrom: share,
      freeWords: z.number().min(0),
      confidentFrom: share,
      margin: share,
      resumeAfterMs: z.number().min(0),
      halfAnswerAtMost: share,
    }),
  ])
  .meta({ id: 'Policy', description: 'How probabilities become actions; docs/sessions.md.' })

/** What a session begins with, apart from its id. */
export const sessionStartSchema = z.object({
  messages: messagesSchema.optional().describe('What was said before, oldest first.'),
  expect: expectationSchema.optional(),
  policy: policySchema.optional(),
  resume: z.string().optional().describe('A token of a session to go on with, instead of all others.'),
})

export const openSessionSchema = sessionStartSchema
  .extend({ id: sessionIdSchema.optional().describe('By default one is made up.') })
  .meta({ id: 'OpenSession' })

/** What may happen in a call: the methods of a session. */
export const eventSchemas = {
  agentSpeaking: z.object({
    type: z.literal('agentSpeaking'),
    text: text.describe('All it has said of this turn so far.'),
  }),
  agentFinished: z.object({
    type: z.literal('agentFinished'),
    text: text.optional().describe('What it has really said of this turn; by default the text last given.'),
  }),
  expecting: z.object({ type: z.literal('expecting'), expect: expectationSchema.nullable() }),
  addMessage: z.object({ type: z.literal('addMessage'), message: messageSchema }),
  hear: z.object({
    type: z.literal('hear'),
    text: text.describe('All that the user has said of this turn so far, without what came as final.'),
    final: z.boolean().optional().describe('The recogniser has settled these words.'),
    atMs,
  }),
  userSilent: z.object({ type: z.literal('userSilent'), atMs }),
} as const

const sessionEventSchema = z
  .discriminatedUnion('type', [
    eventSchemas.agentSpeaking,
    eventSchemas.agentFinished,
    eventSchemas.expecting,
    eventSchemas.addMessage,
    eventSchemas.hear,
    eventSchemas.userSilent,
  ])
  .meta({ id: 'SessionEvent', description: 'docs/sessions.md says what each means.' })

export type SessionEvent = z.output<typeof sessionEventSchema>

export const eventsRequestSchema = z
  .object({
    events: z.array(sessionEventSchema).min(1).describe('In the order in which they happened.'),
    resume: z.boolean().optional().describe('Whether to answer with a token too, to go on elsewhere at any time.'),
  })
  .meta({ id: 'EventsRequest' })

const resumeToken = z.string().describe('To open the session elsewhere, with the same key. It is sealed.')

export const eventsResponseSchema = z
  .object({
    decisions: z
      .array(sessionDecisionSchema.nullable())
      .describe('One for each event: of `hear` and `userSilent` the decision, null where there is none.'),
    resume: resumeToken.optional().describe('If it was asked for, and always while the server stops.'),
  })
  .meta({ id: 'EventsResponse' })

export const isAgentSpeaking = z.boolean().describe('Whether the agent speaks; never where the session is new.')

export const sessionCreatedSchema = z.object({ id: sessionIdSchema, isAgentSpeaking }).meta({ id: 'SessionCreated' })

export const sessionStateSchema = z
  .object({
    id: sessionIdSchema,
    isAgentSpeaking: z.boolean(),
    messages: messagesSchema.describe('The conversation as the model sees it now.'),
    resume: resumeToken,
  })
  .meta({ id: 'SessionState' })

export const sessionParamsSchema = z.object({ id: sessionIdSchema })
