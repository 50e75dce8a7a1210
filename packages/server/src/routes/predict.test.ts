import { ACTIONS } from '@turnwise/core'
import { createFakeModel } from '@turnwise/core/testing'
import { describe, expect, test } from 'vitest'
import { createFakeDetector, createFakeServer, createHeldModel, MESSAGES } from '../test/fakeServer.js'
import { until } from '../test/until.js'

const MESSAGE = { role: 'user', content: 'hello' }

function post(body: object | string, headers: Record<string, string> = {}) {
  return {
    method: 'POST' as const,
    url: '/v1/predict',
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  }
}

test('decides about a conversation as the detector does', async () => {
  const { app } = await createFakeServer()
  const response = await app.inject(post({ messages: MESSAGES, agentSpeaking: true }))
  expect(response.statusCode).toBe(200)
  expect(response.json()).toEqual(await createFakeDetector().predict(MESSAGES, { agentSpeaking: true }))
})

test('decides about a batch in its order', async () => {
  const { app } = await createFakeServer()
  const conversations = ['a', 'bb', 'a long one', 'c'].map((content) => ({ messages: [{ role: 'user', content }] }))
  const { decisions } = (await app.inject(post({ conversations }))).json()
  const alone = conversations.map(async (one) => (await app.inject(post(one))).json())
  expect(decisions).toEqual(await Promise.all(alone))
})

test('requests of many callers are with the model at once', async () => {
  const model = createHeldModel()
  const { app } = await createFakeServer({ model })
  const answers = Array.from({ length: 5 }, () => app.inject(post({ messages: MESSAGES })))
  await until(() => model.held === 5)
  model.release()
  for (const { statusCode } of await Promise.all(answers)) expect(statusCode).toBe(200)
})

describe('what is wrong is refused and named', () => {
  test.each<[string, object | string, number, string, string]>([
    ['no JSON', '{"messages": SECRET', 400, 'INVALID_JSON', 'not valid JSON'],
    ['nothing', '', 400, 'INVALID_JSON', 'not valid JSON'],
    ['no object', '7', 400, 'INVALID_REQUEST', 'body'],
    ['no messages', {}, 400, 'INVALID_REQUEST', 'messages'],
    [
      'an unknown role',
      { messages: [MESSAGE, { role: 'SECRET', content: '' }] },
      400,
      'INVALID_REQUEST',
      'messages.1.role',
    ],
    [
      'content that is no text',
      { messages: [{ role: 'user', content: ['SECRET'] }] },
      400,
      'INVALID_REQUEST',
      'messages.0.content',
    ],
    ['an unknown state', { messages: [MESSAGE], agentSpeaking: 'yes' }, 400, 'INVALID_REQUEST', 'agentSpeaking'],
    ['an empty conversation', { messages: [] }, 400, 'NO_MESSAGES', 'no messages'],
    [
      'the agent last',
      { messages: [{ role: 'assistant', content: 'SECRET' }] },
      400,
      'LAST_MESSAGE_NOT_USER',
      'assistant',
    ],
    [
      'half a character',
      { messages: [{ role: 'user', content: 'SECRET \ud800' }] },
      400,
      'MALFORMED_TEXT',
      'message 0',
    ],
    ['an empty batch', { conversations: [] }, 400, 'INVALID_REQUEST', 'conversations'],
    [
      'one of a batch',
      { conversations: [{ messages: [MESSAGE] }, { messages: [] }] },
      400,
      'NO_MESSAGES',
      'Conversation 1',
    ],
    ['many messages', { messages: Array(6).fill(MESSAGE) }, 413, 'REQUEST_TOO_LARGE', 'maxMessages is 5'],
    [
      'many conversations',
      { conversations: Array(4).fill({ messages: [MESSAGE] }) },
      413,
      'REQUEST_TOO_LARGE',
      'maxConversations is 3',
    ],
    [
      'many bytes',
      { messages: [{ role: 'user', content: 'SECRET'.repeat(500) }] },
      413,
      'REQUEST_TOO_LARGE',
      'maxBodyBytes',
    ],
  ])('%s', async (_, body, status, code, problem) => {
    const { app, log } = await createFakeServer({
      settings: { maxBodyBytes: 2048, maxMessages: 5, maxConversations: 3 },
    })
    const response = await app.inject(post(body))
    expect(response.statusCode).toBe(status)
    expect(response.json()).toMatchObject({ error: { code, message: expect.stringContaining(problem) } })
    expect(response.body + log.join('')).not.toContain('SECRET')
  })

  test('a body that is no JSON by its type', async () => {
    const { app } = await createFakeServer()
    for (const type of ['text/plain', 'application/xml']) {
      const response = await app.inject(post('hello', { 'content-type': type }))
      expect(response.statusCode).toBe(415)
      expect(response.json()).toMatchObject({ error: { code: 'UNSUPPORTED_CONTENT' } })
    }
  })

  test('a method that the endpoint has not', async () => {
    const { app } = await createFakeServer()
    for (const [url, allow] of [
      ['/v1/predict', 'POST'],
      ['/v1/sessions/a/events?b=c', 'POST'],
      ['/v1/sessions/a', 'GET, HEAD, DELETE'],
    ] as const) {
      const headers = { 'content-type': 'application/xml' }
      const response = await app.inject({ method: 'PUT', url, headers, payload: '<a>' })
      expect([response.statusCode, response.json().error.code]).toEqual([405, 'METHOD_NOT_ALLOWED'])
      expect(response.headers.allow).toBe(allow)
    }
  })

  test('an unknown endpoint, and an address that is none', async () => {
    const { app } = await createFakeServer()
    const response = await app.inject({ method: 'GET', url: '/v1/SECRET' })
    expect(response.statusCode).toBe(404)
    expect(response.json()).toMatchObject({ error: { code: 'NOT_FOUND' } })
    expect(response.body).not.toContain('SECRET')
    const broken = await app.inject({ method: 'GET', url: '/%zz' })
    expect(broken.statusCode).toBe(400)
    expect(broken.json()).toMatchObject({ error: { code: 'INVALID_REQUEST' } })
  })
})

test('what would wait for too long is refused at once, and the rest is answered', async () => {
  const model = createHeldModel()
  const { app } = await createFakeServer({ model, settings: { maxRunning: 1, maxWaiting: 1 } })
  const taken = [app.inject(post({ messages: MESSAGES })), app.inject(post({ messages: MESSAGES }))]
  await until(() => model.held === 1)
  const refused = await app.inject(post({ messages: MESSAGES }))
  expect(refused.statusCode).toBe(503)
  expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1)
  expect(refused.json()).toMatchObject({ error: { code: 'OVERLOADED', retryAfterMs: expect.any(Number) } })
  model.release()
  for (const { statusCode } of await Promise.all(taken)) expect(statusCode).toBe(200)
})

test('a request that waits past its deadline is answered and never run', async () => {
  const model = createHeldModel()
  const { app } = await createFakeServer({ model, settings: { maxRunning: 1 } })
  const first = app.inject(post({ messages: MESSAGES }))
  await until(() => model.held === 1)
  const late = await app.inject(post({ messages: MESSAGES }, { 'turnwise-deadline-ms': '1000' }))
  expect(late.statusCode).toBe(504)
  expect(late.json()).toMatchObject({ error: { code: 'DEADLINE_EXCEEDED' } })
  model.releaseOne()
  expect((await first).statusCode).toBe(200)
  expect(model.held).toBe(0)
})

test('a deadline that is none is refused', async () => {
  const { app } = await createFakeServer()
  const response = await app.inject(post({ messages: MESSAGES }, { 'turnwise-deadline-ms': 'soon' }))
  expect(response.json()).toMatchObject({ error: { code: 'INVALID_REQUEST' } })
})

test('an error that nobody thought of says nothing of the conversation, in the log neither', async () => {
  const model = createFakeModel({
    logits: () => {
      throw new TypeError('SECRET is no function')
    },
  })
  const { app, log } = await createFakeServer({ model })
  const response = await app.inject(post({ messages: MESSAGES }))
  expect(response.statusCode).toBe(500)
  expect(response.json()).toMatchObject({ error: { code: 'INTERNAL', requestId: expect.any(String) } })
  expect(log.join('')).toContain('predict.test.ts')
  expect(log.join('') + response.body).not.toContain('SECRET')
})

test('while it stops it answers what comes, and says that it is not ready', async () => {
  const model = createHeldModel()
  const { app, close } = await createFakeServer({ model })
  const answer = app.inject(post({ messages: MESSAGES }))
  await until(() => model.held === 1)
  const closed = close(50)
  expect((await app.inject('/health/ready')).json()).toEqual({ status: 'unready', reason: 'stopping' })
  const late = app.inject(post({ messages: MESSAGES }))
  await until(() => model.held === 2)
  model.release()
  expect(ACTIONS).toContain((await answer).json().action)
  expect((await late).statusCode).toBe(200)
  await closed
})
