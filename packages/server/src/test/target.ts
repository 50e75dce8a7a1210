import { createHash } from 'node:crypto'
import { expect, onTestFinished } from 'vitest'
import { createFakeServer, type FakeServer, MESSAGES } from './fakeServer.js'

/** What somebody said: it must not be found in the log of any server that is attacked. */
export const CANARY = 'canary4711'

/** Keys of two callers that have nothing to do with each other. */
export const KEYS = ['one', 'two'].map((name) => ({ name, hash: createHash('sha256').update(name).digest() }))

export const JSON_BODY = { 'content-type': 'application/json' }

/** The header with a key. */
export function withKey(key: string): Record<string, string> {
  return { authorization: `Bearer ${key}` }
}

/** What an endpoint may answer, as far as it matters to an attacker. */
interface AnswerBody {
  readonly error?: { readonly code: string }
  readonly messages?: readonly unknown[]
  readonly resume?: string
}

export async function bodyOf(response: Response): Promise<AnswerBody> {
  return (await response.json()) as AnswerBody
}

/** A server to attack, which listens on a port of this machine. */
export interface Target extends FakeServer {
  readonly url: string
  /** Sends JSON. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
  /** That somebody else is answered, and soon. */
  expectAnswer(): Promise<void>
}

/** When the test is finished, nothing that was said may stand in the server's log. */
export async function startTarget(options: Parameters<typeof createFakeServer>[0] = {}): Promise<Target> {
  const server = await createFakeServer({ ...options, settings: { logLevel: 'debug', ...options.settings } })
  const url = await server.app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => expect(server.log.join('')).not.toContain(CANARY))
  const [key] = options.keys?.() ?? []
  const post: Target['post'] = (path, body, headers = {}) =>
    fetch(url + path, {
      method: 'POST',
      headers: { ...JSON_BODY, ...(key === undefined ? {} : withKey(key.name)), ...headers },
      body: JSON.stringify(body),
    })
  return Object.assign(server, {
    url,
    post,
    async expectAnswer() {
      const askedMs = performance.now()
      expect((await post('/v1/predict', { messages: MESSAGES })).status).toBe(200)
      expect(performance.now() - askedMs).toBeLessThan(2000)
    },
  })
}
