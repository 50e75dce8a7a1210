import { setTimeout as delay } from 'node:timers/promises'
import { ACTIONS, type Action, isRecord, type Probabilities, TurnwiseError } from '@turnwise/core'
import { sum } from '../metrics/scores.js'
import { actionInState, answerFrom, type BenchmarkSystem, type SystemAnswer, type SystemRow } from './system.js'

/** Where a system answers over HTTP, and how. */
export interface RemoteOptions {
  readonly url: string
  /** Sent as a bearer token. */
  readonly token?: string | undefined
  /** Requests at a time. */
  readonly concurrency: number
  readonly timeoutMs: number
  /** Waited when it is busy, unless it asks for longer; twice as long each further time. */
  readonly retryDelayMs: number
}

export const DEFAULT_REMOTE = { concurrency: 4, timeoutMs: 30_000, retryDelayMs: 500 } as const

/** A request that a busy system refuses is made so often in all … */
const MAX_ATTEMPTS = 5
/** … unless it asks for a longer pause than this. */
const LONGEST_PAUSE_MS = 60_000

/** How far from 1 four rounded probabilities may sum to. */
const SUM_TOLERANCE = 0.01

interface RemoteAnswer {
  readonly action: Action
  readonly probabilities: Probabilities | undefined
}

/**
 * A system elsewhere: `POST {"messages": […]}`, or the same with `"agentSpeaking"`, is answered with
 * `{"action", "probabilities"?}`, as `turnwise predict --json` does it. Without probabilities it is asked twice.
 *
 * @throws TurnwiseError INVALID_OPTION
 */
export function createRemoteSystem(options: RemoteOptions): BenchmarkSystem {
  const { url, concurrency } = options
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new TurnwiseError('INVALID_OPTION', 'The address of the remote system is no http or https address.')
  }
  return {
    facts: { name: new URL(url).host, kind: 'remote' },
    fingerprint: new URL(url).href,
    batchSize: 1,
    concurrency,
    answer: (rows) => Promise.all(rows.map((row) => answerOne(row, options))),
    close: async () => undefined,
  }
}

async function answerOne({ messages, agentSpeaking }: SystemRow, options: RemoteOptions): Promise<SystemAnswer> {
  const unknown = await ask({ messages }, options)
  if (unknown.probabilities !== undefined) {
    return answerFrom(unknown.probabilities, actionInState(unknown.probabilities, agentSpeaking))
  }
  const known = await ask({ messages, agentSpeaking }, options)
  const turns = known.action === 'start_speaking' || known.action === 'start_listening'
  return { action: unknown.action, actionInState: known.action, turnProbability: turns ? 1 : 0 }
}

/** Asks again while the system is busy. @throws TurnwiseError REMOTE_FAILED */
async function ask(body: object, options: RemoteOptions): Promise<RemoteAnswer> {
  const { host } = new URL(options.url)
  for (let attempt = 1; ; attempt += 1) {
    const { response, text } = await post(body, options)
    if (response.ok) return readAnswer(parseAnswer(text, response, host), host)
    const { status } = response
    const isBusy = status === 429 || status >= 500
    const askedMs = retryAfterMs(response)
    if (!isBusy || attempt >= MAX_ATTEMPTS || askedMs > LONGEST_PAUSE_MS) {
      const asked = askedMs === 0 ? '' : ` It asks to wait ${Math.ceil(askedMs / 1000)} s.`
      throw new TurnwiseError('REMOTE_FAILED', `${host} answered ${status}.${asked}`, { value: status })
    }
    await delay(Math.max(askedMs, options.retryDelayMs * 2 ** (attempt - 1)))
  }
}

/** @throws TurnwiseError REMOTE_FAILED if nothing comes */
async function post(body: object, { url, token, timeoutMs }: RemoteOptions) {
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    })
    return { response, text: await response.text() }
  } catch (cause) {
    const { host } = new URL(url)
    throw new TurnwiseError('REMOTE_FAILED', `${host} gave no answer.`, { value: host, cause })
  }
}

/** How long a busy system asks to be left alone, in seconds or until a date; 0 if it does not say. */
function retryAfterMs({ headers }: Response): number {
  const value = headers.get('retry-after') ?? ''
  const ms = /^\d+$/.test(value) ? 1000 * Number(value) : Date.parse(value) - Date.now()
  return ms > 0 ? ms : 0
}

function parseAnswer(text: string, { headers }: Response, host: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Without the cause, which quotes the answer, and that may quote what was said.
    const type = headers.get('content-type') ?? 'not said'
    throw new TurnwiseError('REMOTE_FAILED', `The answer of ${host} is no JSON. Its content type: ${type}.`, {
      value: type,
    })
  }
}

function readAnswer(json: unknown, host: string): RemoteAnswer {
  const { action, probabilities } = isRecord(json) ? json : {}
  const known = ACTIONS.find((each) => each === action)
  if (known === undefined) {
    throw new TurnwiseError('REMOTE_FAILED', `The answer of ${host} has none of the actions ${ACTIONS.join(', ')}.`)
  }
  if (probabilities === undefined || probabilities === null) return { action: known, probabilities: undefined }
  return { action: known, probabilities: readProbabilities(probabilities, host) }
}

function readProbabilities(json: unknown, host: string): Probabilities {
  const values = ACTIONS.map((action) => (isRecord(json) ? json[action] : undefined))
  if (!values.every((value) => typeof value === 'number' && value >= 0 && value <= 1)) {
    const problem = `The answer of ${host} has not a number from 0 to 1 for each of the four probabilities.`
    throw new TurnwiseError('REMOTE_FAILED', problem)
  }
  const total = sum(values as number[])
  if (Math.abs(total - 1) > SUM_TOLERANCE) {
    const problem = `The four probabilities in the answer of ${host} sum to ${total.toFixed(3)}, expected 1.`
    throw new TurnwiseError('REMOTE_FAILED', problem, { value: total })
  }
  return json as Probabilities
}
