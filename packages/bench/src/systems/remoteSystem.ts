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
}

export const DEFAULT_REMOTE = { concurrency: 4, timeoutMs: 30_000 } as const

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
    batchSize: concurrency,
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

/** @throws TurnwiseError REMOTE_FAILED */
async function ask(body: object, { url, token, timeoutMs }: RemoteOptions): Promise<RemoteAnswer> {
  const { host } = new URL(url)
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  let response: Response
  let json: unknown
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    })
    json = response.ok ? await response.json() : await response.body?.cancel()
  } catch (cause) {
    throw new TurnwiseError('REMOTE_FAILED', `${host} gave no answer.`, { value: host, cause })
  }
  if (!response.ok)
    throw new TurnwiseError('REMOTE_FAILED', `${host} answered ${response.status}.`, { value: response.status })
  return readAnswer(json, host)
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
