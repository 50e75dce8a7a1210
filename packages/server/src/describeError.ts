import { type ErrorCode, TurnwiseError } from '@turnwise/core'
import type { FastifyError } from 'fastify'

/** The status of each code that is not the server's own failure. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  INVALID_MESSAGES: 400,
  NO_MESSAGES: 400,
  UNKNOWN_ROLE: 400,
  INVALID_CONTENT: 400,
  MALFORMED_TEXT: 400,
  LAST_MESSAGE_NOT_USER: 400,
  INVALID_JSON: 400,
  INVALID_OPTION: 400,
  INVALID_POLICY: 400,
  INVALID_SAVED_SESSION: 400,
  INVALID_RESUME_TOKEN: 400,
  INVALID_REQUEST: 400,
  OUT_OF_SEQUENCE: 400,
  ABORTED: 400,
  UNAUTHORIZED: 401,
  ORIGIN_REFUSED: 403,
  NOT_FOUND: 404,
  SESSION_NOT_FOUND: 404,
  SESSION_CLOSED: 404,
  METHOD_NOT_ALLOWED: 405,
  SESSION_EXISTS: 409,
  MESSAGE_TOO_LONG: 413,
  REQUEST_TOO_LARGE: 413,
  UNSUPPORTED_CONTENT: 415,
  HOST_REFUSED: 421,
  RATE_LIMITED: 429,
  TOO_MANY_SESSIONS: 503,
  OVERLOADED: 503,
  SHUTTING_DOWN: 503,
  DETECTOR_CLOSED: 503,
  DEADLINE_EXCEEDED: 504,
}

/** Codes after which asking again soon may help. */
const PASSING: readonly ErrorCode[] = ['OVERLOADED', 'SHUTTING_DOWN', 'TOO_MANY_SESSIONS', 'DETECTOR_CLOSED']

/** The status that an error is answered with. */
export function statusOf({ code }: TurnwiseError): number {
  return STATUS[code] ?? 500
}

/** Whether the answer says when to ask again. */
export function isPassing({ code }: TurnwiseError): boolean {
  return PASSING.includes(code)
}

/**
 * Any error as one of the catalogue. What Fastify, zod and others say is not passed on: it may quote the request, which
 * is private.
 */
export function toTurnwiseError(error: unknown): TurnwiseError {
  if (error instanceof TurnwiseError) return error
  const { code, statusCode, validation, validationContext } = error as Partial<FastifyError>
  if (validation?.[0] !== undefined) return describeValidation(validation[0], validationContext ?? 'request')
  if (statusCode === 413) return new TurnwiseError('REQUEST_TOO_LARGE', 'The body is larger than maxBodyBytes.')
  if (statusCode === 415) return new TurnwiseError('UNSUPPORTED_CONTENT', 'The body is of an unknown content type.')
  if (code?.startsWith('FST_ERR_CTP') === true || error instanceof SyntaxError) {
    return new TurnwiseError('INVALID_JSON', 'The body is not valid JSON.')
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new TurnwiseError('INVALID_REQUEST', 'The request cannot be read.', { value: code })
  }
  if (code === 'FST_ERR_REOPENED_CLOSE_SERVER' || statusCode === 503) {
    return new TurnwiseError('SHUTTING_DOWN', 'The server is stopping.')
  }
  return new TurnwiseError('INTERNAL', 'The server failed unexpectedly.', { cause: error })
}

/** What fastify-type-provider-zod makes of an issue of zod. */
interface Validation {
  readonly instancePath: string
  readonly message?: string | undefined
  readonly params: unknown
}

function describeValidation({ instancePath, message = '', params }: Validation, place: string): TurnwiseError {
  const { errors } = params as Pick<Issue, 'errors'>
  return describeIssue({ path: instancePath.split('/').filter(Boolean), message, errors }, place)
}

/** An issue of zod, as far as it says nothing of what was sent. */
interface Issue {
  readonly path: readonly PropertyKey[]
  readonly message: string
  /** Where several forms are possible: what is wrong with each. */
  readonly errors?: readonly (readonly Issue[])[] | undefined
}

/** What is wrong with a request, by its place. */
export function describeIssue({ path, message, errors = [] }: Issue, whole: string): TurnwiseError {
  // Of several forms the one that came furthest was meant.
  const [deepest] = errors.flatMap(([first]) => first ?? []).sort((left, right) => right.path.length - left.path.length)
  const place = [...path, ...(deepest?.path ?? [])].join('.')
  const problem = `${place === '' ? `The ${whole}` : place}: ${deepest?.message ?? message}.`
  return new TurnwiseError('INVALID_REQUEST', problem, { value: place })
}
