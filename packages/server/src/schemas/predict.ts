import { z } from 'zod'
import { decisionSchema, messagesSchema } from './conversation.js'

export const conversationSchema = z
  .object({
    messages: messagesSchema.describe("The conversation, oldest first; the last message is the user's."),
    agentSpeaking: z
      .boolean()
      .optional()
      .describe('Whether the agent speaks now: restricts the action to the pair that fits.'),
  })
  .meta({ id: 'Conversation' })

const batchSchema = z
  .object({ conversations: z.array(conversationSchema).min(1) })
  .meta({ id: 'Batch', description: 'Many conversations at once.' })

export const predictRequestSchema = z.union([conversationSchema, batchSchema]).meta({ id: 'PredictRequest' })

export const predictResponseSchema = z
  .union([
    decisionSchema,
    z.object({ decisions: z.array(decisionSchema).describe('In the order of the conversations.') }),
  ])
  .meta({ id: 'PredictResponse' })

/** Headers that every request for a decision may carry. */
export const deadlineHeadersSchema = z.object({
  'turnwise-deadline-ms': z
    .string()
    .regex(/^[1-9]\d{0,6}$/)
    .optional()
    .describe('How long the caller waits, ms; never longer than the setting deadlineMs.'),
})
