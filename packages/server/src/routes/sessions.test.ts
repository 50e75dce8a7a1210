import { createHash } from 'node:crypto'
import { createFakeModel } from '@turnwise/core/testing'
import { describe, expect, test } from 'vitest'
import { createFakeDetector, createFakeServer, createHeldModel, LOGITS } from '../test/fakeServer.js'
import { openStream } from '../test/testStream.js'
import { until } from '../test/until.js'

type FakeServer = Awaited<ReturnType<typeof createFakeServer>>

function send({ app }: FakeServer, method: 'GET' | 'POST' | 'DELETE', url: string, body?: object, key?: string) {
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` }
  return app.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body }) })
}

/** Instances that open each other's tokens. */
const SHARED = { resumeSecrets: () => ['secret'] }

const EVENTS = [
  { type: 'agentSpeaking', text: 'What number can we reach' },
  { type: 'agentFinished', text: 'What number can we reach you on?' },
  { type: 'expecting', expect: 'phone' },
  { type: 'addMessage', message: { role: 'tool', content: 'ringing' } },
  { type: 'hear', text: 'oh seven', atMs: 1000 },
  { type: 'userSilent', atMs: 1100 },
  { type: 'expecting', expect: null },
  { type: 'hear', text: 'oh seven double one', atMs: 2000, final: true },
  { type: 'expecting', expect: { kind: 'phone', length: 11 } },
  { type: 'hear', text: 'oh nine', atMs: 3000 },
]

test('a session over HTTP decides as one in the process does', async () => {
  const server = await createFakeServer()
  const opened = await send(server, 'POST', '/v1/sessions', { id: 'call-1', policy: 'patient' })
  expect([opened.statusCode, opened.headers.location]).toEqual([201, '/v1/sessions/call-1'])
  const { decisions } = (await send(server, 'POST', '/v1/sessions/call-1/events', { events: EVENTS })).json()

  const session = createFakeDetector().openSession({ policy: 'patient' })
  session.agentSpeaking('What number can we reach')
  session.agentFinished('What number can we reach you on?')
  session.expecting('phone')
  session.addMessage({ role: 'tool', content: 'ringing' })
  const first = await session.hear('oh seven', { atMs: 1000 })
  const second = await session.userSilent(1100)
  session.expecting(undefined)
  const third = await session.hear('oh seven double one', { atMs: 2000, final: true })
  session.expecting({ kind: 'phone', length: 11 })
  const fourth = await session.hear('oh nine', { atMs: 3000 })
  expect(decisions).toEqual([null, null, null, null, first, second, null, third, null, fourth])
  const state = (await send(server, 'GET', '/v1/sessions/call-1')).json()
  expect(state).toMatchObject({ id: 'call-1', isAgentSpeaking: false, messages: session.messages })
})

test('a session goes on elsewhere with its token', async () => {
  const [here, there] = [await createFakeServer(SHARED), await createFakeServer(SHARED)]
  const { id } = (await send(here, 'POST', '/v1/sessions', {})).json()
  const told = { events: EVENTS.slice(0, 5), resume: true }
  const { resume } = (await send(here, 'POST', `/v1/sessions/${id}/events`, told)).json()
  expect((await send(there, 'POST', '/v1/sessions', { id, resume })).statusCode).toBe(201)
  const rest = { events: EVENTS.slice(5) }
  const [expected, actual] = [
    (await send(here, 'POST', `/v1/sessions/${id}/events`, rest)).json(),
    (await send(there, 'POST', `/v1/sessions/${id}/events`, rest)).json(),
  ]
  const costless = (answer: typeof actual) =>
    answer.decisions.map((decision: object | null) => decision && { ...decision, tokensRun: 0 })
  expect(costless(actual)).toEqual(costless(expected))
})

test('whoever opens a session with a token is told whether its agent speaks', async () => {
  const server = await createFakeServer()
  const opened = await send(server, 'POST', '/v1/sessions', { id: 'call' })
  expect(opened.json()).toEqual({ id: 'call', isAgentSpeaking: false })
  const told = { events: [{ type: 'agentSpeaking', text: 'Your balance' }], resume: true }
  const { resume } = (await send(server, 'POST', '/v1/sessions/call/events', told)).json()
  const again = await send(server, 'POST', '/v1/sessions', { id: 'again', resume })
  expect(again.json()).toEqual({ id: 'again', isAgentSpeaking: true })
  const stream = await openStream(server.app)
  stream.send({ type: 'open', session: 'streamed', resume })
  expect(await stream.take(1)).toEqual([{ type: 'opened', session: 'streamed', lastSeq: 0, isAgentSpeaking: true }])
})

test.each(['%%', 'e30', Buffer.from('{"formatVersion":2,"messages":7}').toString('base64url')])(
  'the token %s is refused',
  async (resume) => {
    const response = await send(await createFakeServer(), 'POST', '/v1/sessions', { resume })
    expect(response.json()).toMatchObject({ error: { code: 'INVALID_RESUME_TOKEN' } })
  },
)

test('a session belongs to its key: to others it is not there', async () => {
  const keys = ['one', 'two'].map((name) => ({ name, hash: createHash('sha256').update(name).digest() }))
  const server = await createFakeServer({ keys: () => keys })
  await send(server, 'POST', '/v1/sessions', { id: 'call' }, 'one')
  const tries = [
    send(server, 'POST', '/v1/sessions/call/events', { events: [{ type: 'hear', text: 'hi' }] }, 'two'),
    send(server, 'GET', '/v1/sessions/call', undefined, 'two'),
    send(server, 'DELETE', '/v1/sessions/call', undefined, 'two'),
  ]
  for (const response of await Promise.all(tries)) {
    expect([response.statusCode, response.json().error.code]).toEqual([404, 'SESSION_NOT_FOUND'])
  }
  expect((await send(server, 'POST', '/v1/sessions', { id: 'call' }, 'two')).statusCode).toBe(201)
  expect((await send(server, 'POST', '/v1/sessions', { id: 'call' }, 'one')).json()).toMatchObject({
    error: { code: 'SESSION_EXISTS' },
  })
})

test('a session ends when it is deleted, and when it is idle', async () => {
  const model = createFakeModel({ logits: () => LOGITS.startSpeaking })
  const server = await createFakeServer({ model, settings: { sessionIdleMs: 100 } })
  for (const id of ['deleted', 'idle']) {
    await send(server, 'POST', '/v1/sessions', { id })
    await send(server, 'POST', `/v1/sessions/${id}/events`, { events: [{ type: 'hear', text: 'hello there' }] })
  }
  expect(model.openStates).toBe(2)
  expect((await send(server, 'DELETE', '/v1/sessions/deleted')).statusCode).toBe(204)
  expect(model.openStates).toBe(1)
  await until(() => model.openStates === 0)
  for (const id of ['deleted', 'idle']) expect((await send(server, 'GET', `/v1/sessions/${id}`)).statusCode).toBe(404)
})

test('of words that come faster than the model only the newest are run', async () => {
  const model = createHeldModel()
  const server = await createFakeServer({ model })
  await send(server, 'POST', '/v1/sessions', { id: 'call' })
  const hear = (text: string) => send(server, 'POST', '/v1/sessions/call/events', { events: [{ type: 'hear', text }] })
  const first = hear('I')
  await until(() => model.held === 1)
  const others = [hear('I was'), hear('I was charged')]
  await new Promise((resolve) => setTimeout(resolve, 20))
  model.release()
  const [older, newest] = (await Promise.all(others)).map((response) => response.json())
  expect(older).toEqual(newest)
  expect((await first).statusCode).toBe(200)
})

describe('the error says how many events count all the same', () => {
  const settled = { type: 'hear', text: 'oh seven', atMs: 1, final: true }
  const heard = [{ role: 'user', content: 'oh seven' }]

  async function fail(events: object[], options: Parameters<typeof createFakeServer>[0] = {}) {
    const server = await createFakeServer(options)
    await send(server, 'POST', '/v1/sessions', { id: 'call' })
    const { error } = (await send(server, 'POST', '/v1/sessions/call/events', { events })).json()
    const { messages } = (await send(server, 'GET', '/v1/sessions/call')).json()
    return { error, messages }
  }

  test('past the deadline: also the one whose decision is not there', async () => {
    const model = createHeldModel()
    const answer = await fail([settled, settled], { model, settings: { deadlineMs: 50 } })
    model.release()
    expect(answer).toMatchObject({ error: { code: 'DEADLINE_EXCEEDED', applied: 1 }, messages: heard })
  })

  test('when the model fails', async () => {
    const model = createFakeModel({ logits: () => [Number.NaN, 0, 0, 0] })
    const answer = await fail([{ type: 'expecting', expect: 'phone' }, settled, settled], { model })
    expect(answer).toMatchObject({ error: { code: 'MODEL_FAILED', applied: 2 }, messages: heard })
  })

  test('when there is no room for more', async () => {
    const more = { type: 'addMessage', message: { role: 'tool', content: 'x'.repeat(1000) } }
    const answer = await fail([settled, more], { settings: { maxKeyBytes: 1000 } })
    expect(answer).toMatchObject({ error: { code: 'TOO_MANY_SESSIONS', applied: 1 }, messages: heard })
  })

  test('when one of them is wrong: those before it', async () => {
    const answer = await fail([settled, { type: 'hear', text: '\ud800' }, settled])
    expect(answer).toMatchObject({ error: { code: 'MALFORMED_TEXT', applied: 1 }, messages: heard })
  })
})

test('limits: sessions, messages and events', async () => {
  const server = await createFakeServer({ settings: { maxSessions: 1, maxMessages: 1, maxConversations: 2 } })
  const message = { role: 'user', content: 'a' }
  const long = await send(server, 'POST', '/v1/sessions', { messages: [message, message] })
  expect([long.statusCode, long.json().error.code]).toEqual([413, 'REQUEST_TOO_LARGE'])
  const { id } = (await send(server, 'POST', '/v1/sessions', {})).json()
  const second = await send(server, 'POST', '/v1/sessions', {})
  expect([second.statusCode, second.json().error.code]).toEqual([503, 'TOO_MANY_SESSIONS'])
  const events = Array(3).fill({ type: 'userSilent' })
  const many = await send(server, 'POST', `/v1/sessions/${id}/events`, { events })
  expect([many.statusCode, many.json().error.code]).toEqual([413, 'REQUEST_TOO_LARGE'])
})

test('what is wrong is named', async () => {
  const server = await createFakeServer()
  await send(server, 'POST', '/v1/sessions', { id: 'call' })
  for (const [event, place] of [
    [{ type: 'sing' }, 'events.0.type'],
    [{ type: 'hear' }, 'events.0.text'],
    [{ type: 'expecting', expect: 'money' }, 'events.0.expect'],
    [{ type: 'expecting', expect: { kind: 'name', length: 4 } }, 'events.0.expect'],
    [{ type: 'expecting', expect: { kind: 'code', length: 4.5 } }, 'events.0.expect'],
  ] as const) {
    const response = await send(server, 'POST', '/v1/sessions/call/events', { events: [event] })
    expect(response.json()).toMatchObject({
      error: { code: 'INVALID_REQUEST', message: expect.stringContaining(place) },
    })
  }
  expect((await send(server, 'POST', '/v1/sessions', { id: 'a b' })).statusCode).toBe(400)
  const policy = { error: { code: 'INVALID_REQUEST', message: expect.stringContaining('policy') } }
  expect((await send(server, 'POST', '/v1/sessions', { policy: 'wild' })).json()).toMatchObject(policy)
})

test('while it stops no session is opened, and every answer brings a token', async () => {
  const server = await createFakeServer(SHARED)
  await send(server, 'POST', '/v1/sessions', { id: 'call' })
  const closed = server.close(100)
  expect((await send(server, 'POST', '/v1/sessions', {})).json()).toMatchObject({ error: { code: 'SHUTTING_DOWN' } })
  const events = [{ type: 'hear', text: 'hello' }]
  const { resume } = (await send(server, 'POST', '/v1/sessions/call/events', { events })).json()
  const other = await createFakeServer(SHARED)
  expect((await send(other, 'POST', '/v1/sessions', { id: 'call', resume })).statusCode).toBe(201)
  expect((await send(other, 'GET', '/v1/sessions/call')).json().messages).toEqual([{ role: 'user', content: 'hello' }])
  await closed
})

test('a session that is told much and never asked is full at some time, and has room again once it has decided', async () => {
  const server = await createFakeServer({ settings: { maxMessages: 10, maxBodyBytes: 4000 } })
  for (const [id, content, most] of [
    ['many', 'ringing', 10],
    ['long', 'x'.repeat(1000), 5],
  ] as const) {
    await send(server, 'POST', '/v1/sessions', { id })
    const events = [{ type: 'addMessage', message: { role: 'tool', content } }]
    const tell = () => send(server, 'POST', `/v1/sessions/${id}/events`, { events })
    for (let count = 0; count < most; count += 1) expect((await tell()).statusCode).toBe(200)
    expect((await tell()).json()).toMatchObject({ error: { code: 'REQUEST_TOO_LARGE' } })
    if (id === 'many') continue
    await send(server, 'POST', `/v1/sessions/${id}/events`, { events: [{ type: 'hear', text: 'hello' }] })
    expect((await tell()).statusCode).toBe(200)
  }
})
