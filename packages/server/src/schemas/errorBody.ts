import { ERROR_CATALOGUE, type ErrorCode } from '@turnwise/core'
import { z } from 'zod'

const ERROR_CODES = Object.keys(ERROR_CATALOGUE) as ErrorCode[]

/** What went wrong, over HTTP and in a stream. */
export const errorSchema = z
  .object({
    code: z.enum(ERROR_CODES).describe('What happened; docs/errors.md lists all.'),
    message: z.string().describe('For people; it may change. Never words of the conversation.'),
    requestId: z.string().optional().describe('To find it in the log.'),
    applied: z
      .int()
      .min(0)
      .optional()
      .describe(
        "Of a request's events, so many have been applied, from the first on: send only those after them again.",
      ),
    retryAfterMs: z.int().min(0).optional().describe('When it is worth asking again.'),
  })
  .meta({ id: 'Error' })

export const errorBodySchema = z.object({ error: errorSchema }).meta({ id: 'ErrorBody' })

export type WireError = z.output<typeof errorSchema>

/** The answers that any endpoint may give instead of its own. */
export const errorResponses = {
  400: errorBodySchema.describe('The request is wrong.'),
  401: errorBodySchema.describe('No key, or a wrong one.'),
  413: errorBodySchema.describe('The request is too large.'),
  415: errorBodySchema.describe('The body is of a content type that is not read.'),
  421: errorBodySchema.describe('The server is not known by the name that it was asked by.'),
  429: errorBodySchema.describe('Too many requests; the header retry-after says when to ask again.'),
  500: errorBodySchema.describe('The server or its model failed.'),
  503: errorBodySchema.describe('Too much is waiting, or the server is stopping; see the header retry-after.'),
  504: errorBodySchema.describe('The deadline has passed.'),
} as const
