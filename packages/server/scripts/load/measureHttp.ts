import { type Spread, spreadOf } from '@turnwise/bench'
import autocannon from 'autocannon'
import { conversationOf } from './conversation.js'
import { ANSWERED, kindOfAnswer, REFUSED } from './kindOfAnswer.js'

/** Predictions over HTTP, each connection asking again as soon as it is answered. */
export interface HttpResult {
  readonly connections: number
  /** Of those that were answered. */
  readonly perSecond: number
  readonly answered: number
  /** NaN where a connection broke. */
  readonly answeredMs: Spread
  /** Refused for being too many. */
  readonly refused: number
  /** Anything else: how many of each code. */
  readonly failures: Readonly<Record<string, number>>
}

/** Longer than the server's deadline: it says what came of a request. */
const TIMEOUT_SECONDS = 60

export async function measureHttp(url: string, connections: number, seconds: number): Promise<HttpResult> {
  const answeredMs: number[] = []
  const counts: Record<string, number> = {}
  let number = 0

  function count(kind: string, times = 1): void {
    if (times > 0) counts[kind] = (counts[kind] ?? 0) + times
  }

  const options: autocannon.Options = {
    url: `${url}/v1/predict`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    connections,
    duration: seconds,
    timeout: TIMEOUT_SECONDS,
    requests: [
      {
        setupRequest(request) {
          number += 1
          return { ...request, body: JSON.stringify({ messages: conversationOf(number) }) }
        },
        onResponse: (status, body) => count(kindOfAnswer(status, body)),
      },
    ],
  }
  const { duration, errors, requests } = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)))
    // Its own percentiles are those of all answers, in whole milliseconds.
    run.on('response', (_client, status, _bytes, tookMs) => {
      if (status === 200) answeredMs.push(tookMs)
    })
    run.on('reqError', ({ code = 'TIMED_OUT' }: NodeJS.ErrnoException) => count(code))
  })
  // Where the server ends a connection it opens another and says nothing. At the end each has a request on its way.
  const unanswered = requests.sent - requests.total - errors - connections
  count('UNANSWERED', unanswered)
  // After such a connection, or one that broke, it counts the time of an answer from an earlier request.
  const times = errors + unanswered > 0 ? [] : answeredMs
  const { [ANSWERED]: answered = 0, [REFUSED]: refused = 0, ...failures } = counts
  const perSecond = Math.round((10 * answered) / duration) / 10
  return { connections, perSecond, answered, answeredMs: spreadOf(times), refused, failures }
}
