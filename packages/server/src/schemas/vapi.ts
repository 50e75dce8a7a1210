import { POLICIES, type PolicyName } from '@turnwise/core'
import { z } from 'zod'

/** What Vapi sends to a custom endpointing model; it sends much more than is read here. */
export const vapiRequestSchema = z
  .object({
    message: z.object({
      type: z.literal('call.endpointing.request'),
      messages: z
        .array(z.object({ role: z.string(), message: z.string().optional() }))
        .describe(
          'The call so far; `bot` is the agent, and roles other than that, `assistant` and `user` are left out.',
        ),
    }),
  })
  .meta({ id: 'VapiEndpointingRequest' })

export const vapiResponseSchema = z
  .object({
    timeoutSeconds: z.number().min(0).max(15).describe("How long silence has to last before the user's turn is over."),
  })
  .meta({ id: 'VapiEndpointingResponse' })

export const vapiQuerySchema = z.object({
  policy: z
    .enum(Object.keys(POLICIES) as PolicyName[])
    .optional()
    .describe('How probabilities become a wait; docs/sessions.md. Default: balanced.'),
})
