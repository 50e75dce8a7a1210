import { type CancelSignal, isRecord, TurnwiseError, throwIfAborted } from '@turnwise/core'
import type { Endpoint } from './clientOptions.js'
import { onAbort } from './onAbort.js'
import { readError } from './readError.js'

/**
 * Asks an endpoint of the server.
 *
 * @param body sent by POST, as JSON; without it the endpoint is asked by GET
 * @throws TurnwiseError of the server; DEADLINE_EXCEEDED, ABORTED, REMOTE_FAILED
 */
export async function requestJson(
  { url, headers, timeoutMs }: Endpoint,
  path: string,
  body?: object,
  signal?: CancelSignal,
): Promise<Record<string, unknown>> {
  throwIfAborted(signal)
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(deadlineExceeded(timeoutMs)), timeoutMs)
  const forget = onAbort(signal, (error) => controller.abort(error))
  try {
    const response = await fetch(new URL(path, url), {
      signal: controller.signal,
      headers,
      ...(body === undefined ? {} : postOf(body, headers, timeoutMs)),
    }).catch((error: unknown) => {
      throw error instanceof TurnwiseError ? error : unreachable(url, error)
    })
    const json: unknown = await response.json()
    if (!response.ok) throw readError(isRecord(json) ? json.error : undefined)
    if (!isRecord(json)) throw new TurnwiseError('REMOTE_FAILED', 'The server answered no object.')
    return json
  } catch (error) {
    throw error instanceof TurnwiseError ? error : noAnswer(url, error)
  } finally {
    clearTimeout(timer)
    forget()
  }
}

/** What to say when an answer was not there in time. */
export function deadlineExceeded(timeoutMs: number): TurnwiseError {
  return new TurnwiseError('DEADLINE_EXCEEDED', `There was no answer within ${timeoutMs} ms.`, { value: timeoutMs })
}

function unreachable({ host }: URL, cause: unknown): TurnwiseError {
  const code = codeOf(cause)
  const problem = `${host} could not be reached${code === undefined ? '' : ` (${code})`}.`
  return new TurnwiseError('REMOTE_FAILED', problem, { value: host, cause })
}

/** Such as ECONNREFUSED: it lies beneath the error of fetch. A browser tells none. */
function codeOf(error: unknown): string | undefined {
  if (!isRecord(error)) return undefined
  return typeof error.code === 'string' ? error.code : codeOf(error.cause)
}

function noAnswer({ host }: URL, cause: unknown): TurnwiseError {
  return new TurnwiseError('REMOTE_FAILED', `${host} gave no answer that can be understood.`, { value: host, cause })
}

function postOf(body: object, headers: Endpoint['headers'], timeoutMs: number): RequestInit {
  return {
    method: 'POST',
    body: JSON.stringify(body),
    // What nobody waits for any more is not run.
    headers: {
      ...headers,
      'content-type': 'application/json',
      'turnwise-deadline-ms': String(Math.min(Math.ceil(timeoutMs), MAX_DEADLINE_MS)),
    },
  }
}

/** The server reads no more digits. */
const MAX_DEADLINE_MS = 9_999_999
