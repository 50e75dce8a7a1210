import { setTimeout as delay } from 'node:timers/promises'
import { ACTIONS, type Action, isRecord, type Probabilities, TurnwiseError, throwIfAborted } from '@turnwise/core'
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
  /** Waited when it is busy or gives no answer, unless it asks for longer; twice as long each further time. */
  readonly retryDelayMs: number
}

export const DEFAULT_REMOTE = { concurrency: 4, timeoutMs: 30_000, retryDelayMs: 500 } as const

/** A request that a busy system refuses, or that gets no answer, is made so often in all … */
const MAX_ATTEMPTS = 5
/** … unless it asks for a longer pause than this. */
const LONGEST_PAUSE_MS = 60_000

/** How far from 1 four rounded probabilities may sum to. */
const SUM_TOLERANCE = 0.01

interface RemoteAnswer {
  readonly action: Action
  readonly probabilities: Probabilities | undefined
  /** How probable (0 to 1) a yield is. */
  readonly yielded: number | undefined
}

/** Why there is no answer. */
interface Refusal {
  readonly error: TurnwiseError
  /** How long the system asks to be left alone; undefined where it would refuse again. */
  readonly pauseMs: number | undefined
}

/**
 * A system elsewhere: `POST {"messages": […]}`, or the same with `"agentSpeaking"`, is answered with
 * `{"action", "probabilities"?, "yielded"?}`, as `turnwise predict --json` does it. Without probabilities it is asked twice.
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
    answer(rows, signal) {
      // Of any other signal it is looked at between the rows only.
      const abort = signal instanceof AbortSignal ? signal : undefined
      return Promise.all(rows.map((row) => answerOne(row, options, abort)))
    },
    close: async () => undefined,
  }
}

async function answerOne(
  { messages, agentSpeaking }: SystemRow,
  options: RemoteOptions,
  signal: AbortSignal | undefined,
): Promise<SystemAnswer> {
  const unknown = await ask({ messages }, options, signal)
  const { action, probabilities, yielded } = unknown
  if (probabilities !== undefined) {
    const answer = answerFrom(probabilities, actionInState(probabilities, agentSpeaking))
    return yielded === undefined ? answer : { ...answer, yielded }
  }
  const known = await ask({ messages, agentSpeaking }, options, signal)
  const turns = known.action === 'start_speaking' || known.action === 'start_listening'
  return { action, actionInState: known.action, turnProbability: turns ? 1 : 0 }
}

/** Asks again while the system is busy or gives no answer. @throws TurnwiseError REMOTE_FAILED, ABORTED */
async function ask(body: object, options: RemoteOptions, signal: AbortSignal | undefined): Promise<RemoteAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await askOnce(body, options, signal)
    if (!('error' in answer)) return answer
    const { error, pauseMs } = answer
    if (pauseMs === undefined || pauseMs > LONGEST_PAUSE_MS || attempt >= MAX_ATTEMPTS) throw error
    const waitMs = Math.max(pauseMs, options.retryDelayMs * 2 ** (attempt - 1))
    await delay(waitMs, undefined, { signal }).catch(() => throwIfAborted(signal))
  }
}

/** @throws TurnwiseError REMOTE_FAILED if the answer is none, ABORTED */
async function askOnce(
  body: object,
  options: RemoteOptions,
  signal: AbortSignal | undefined,
): Promise<RemoteAnswer | Refusal> {
  const { host } = new URL(options.url)
  const reply = await post(body, options, signal).catch((cause: unknown) => ({ cause }))
  if ('cause' in reply) {
    throwIfAborted(signal)
    const { cause } = reply
    const error = new TurnwiseError('REMOTE_FAILED', `${host} gave no answer.`, { value: host, cause })
    return { error, pauseMs: 0 }
  }
  const { response, text } = reply
  if (response.ok) return readAnswer(parseAnswer(text, response, host), host)
  const { status } = response
  const isBusy = status === 429 || status >= 500
  const askedMs = retryAfterMs(response)
  const asked = askedMs === 0 ? '' : ` It asks to wait ${Math.ceil(askedMs / 1000)} s.`
  const error = new TurnwiseError('REMOTE_FAILED', `${host} answered ${status}.${asked}`, { value: status })
  return { error, pauseMs: isBusy ? askedMs : undefined }
}

/** Fails if the connection drops or nothing comes in time, and when it is aborted. */
async function post(body: object, { url, token, timeoutMs }: RemoteOptions, signal: AbortSignal | undefined) {
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const timeout = AbortSignal.timeout(timeoutMs)
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify(body),
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  })
  return { response, text: await response.text() }
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
  const { action, probabilities, yielded } = isRecord(json) ? json : {}
  const known = ACTIONS.find((each) => each === action)
  if (known === undefined) {
    throw new TurnwiseError('REMOTE_FAILED', `The answer of ${host} has none of the actions ${ACTIONS.join(', ')}.`)
  }
  return {
    action: known,
    probabilities: isAbsent(probabilities) ? undefined : readProbabilities(probabilities, host),
    yielded: isAbsent(yielded) ? undefined : readYielded(yielded, host),
  }
}

function readProbabilities(json: unknown, host: string): Probabilities {
  const values = ACTIONS.map((action) => (isRecord(json) ? json[action] : undefined))
  if (!values.every(isProbability)) {
    const problem = `The answer of ${host} has not a number from 0 to 1 for each of the four probabilities.`
    throw new TurnwiseError('REMOTE_FAILED', problem)
  }
  const total = sum(values)
  if (Math.abs(total - 1) > SUM_TOLERANCE) {
    const problem = `The four probabilities in the answer of ${host} sum to ${total.toFixed(3)}, expected 1.`
    throw new TurnwiseError('REMOTE_FAILED', problem, { value: total })
  }
  return json as Probabilities
}

function readYielded(json: unknown, host: string): number {
  if (isProbability(json)) return json
  throw new TurnwiseError('REMOTE_FAILED', `The "yielded" in the answer of ${host} is no number from 0 to 1.`)
}

function isProbability(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined
}
