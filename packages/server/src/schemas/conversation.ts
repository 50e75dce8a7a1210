import { ACTIONS, ROLES, RULES } from '@turnwise/core'
import { z } from 'zod'

/** A probability. */
const share = z.number().min(0).max(1)

const roleSchema = z.enum(ROLES).describe('Who speaks; `assistant` is the voice agent.')

export const messageSchema = z
  .object({ role: roleSchema, content: z.string().describe('The words as they were said or recognised.') })
  .meta({ id: 'Message', description: 'A turn of the conversation.' })

export const messagesSchema = z.array(messageSchema).describe('The conversation, oldest first.')

const actionSchema = z.enum(ACTIONS).meta({ id: 'Action', description: 'What the agent should do now.' })

const probabilitiesSchema = z
  .object({
    start_speaking: share,
    continue_listening: share,
    start_listening: share,
    continue_speaking: share,
  })
  .meta({ id: 'Probabilities', description: "The model's own four, together 1." })

export const decisionSchema = z
  .object({
    action: actionSchema,
    confidence: share.describe('The probability of the action among those that fit.'),
    probabilities: probabilitiesSchema,
    yielded: share
      .optional()
      .describe('How probable it is that among people another would speak now. Absent where the model does not say.'),
    tokensRun: z.int().min(0).describe('What the decision cost; 0 if the answer was known.'),
  })
  .meta({ id: 'Decision' })

export const sessionDecisionSchema = decisionSchema
  .extend({
    waitMs: z
      .number()
      .min(0)
      .describe('How long silence has to last before the agent speaks: after the last words, or from now on.'),
    reason: z.object({
      rule: z.enum(RULES),
      probability: share.describe('What was compared with the threshold.'),
      threshold: z.number(),
      excluded: z.array(actionSchema).readonly().describe("The actions that the agent's state made impossible."),
      paceMs: z.number().describe("How much longer the wait is than the table's for how the user has spoken."),
    }),
  })
  .meta({ id: 'SessionDecision', description: 'A decision of a session; docs/sessions.md says what its parts mean.' })
