import { z } from 'zod'

/** Why an instance is not ready. */
export const UNREADY_REASONS = ['stopping', 'model_failed'] as const

export const liveSchema = z.object({ status: z.literal('live') }).meta({ id: 'Live' })

export const readySchema = z
  .object({
    status: z.literal('ready'),
    model: z.object({ name: z.string(), version: z.string() }),
  })
  .meta({ id: 'Ready' })

export const unreadySchema = z
  .object({ status: z.literal('unready'), reason: z.enum(UNREADY_REASONS) })
  .meta({ id: 'Unready' })
