import { createHash } from 'node:crypto'
import { createFakeModel } from '@turnwise/core/testing'
import { describe, expect, test } from 'vitest'
import { streamReplySchema } from '../schemas/stream.js'
import { createFakeDetector, createFakeServer, createHeldModel } from '../test/fakeServer.js'
import { openStream } from '../test/testStream.js'
import { until } from '../test/until.js'

const open = (session: string) => ({ type: 'open', session })
const hear = (session: string, seq: number, text: string) => ({ type: 'hear', session, seq, text, atMs: seq })

test('many sessions over one stream decide as those in the process do', async () => {
  const { app } = await createFakeServer()
  const stream = await openStream(app)
  const detector = createFakeDetector()
  for (const session of ['a', 'b']) {
    const message = { role: 'assistant', content: `Hello ${session}` }
    stream.send({ ...open(session), messages: [message], expect: 'name' })
  }
  expect(await stream.take(2)).toEqual([
    { type: 'opened', session: 'a', lastSeq: 0, isAgentSpeaking: false },
    { type: 'opened', session: 'b', lastSeq: 0, isAgentSpeaking: false },
  ])
  for (const session of ['a', 'b']) {
    const own = detector.openSession({ messages: [{ role: 'assistant', content: `Hello ${session}` }], expect: 'name' })
    own.agentSpeaking('My name')
    const decision = await own.hear('uh huh', { atMs: 2 })
    own.agentFinished()
    const silence = await own.userSilent(3000)
    stream.send({ type: 'agentSpeaking', session, seq: 1, text: 'My name' }, hear(session, 2, 'uh huh'))
    expect(await stream.take(1)).toEqual([{ type: 'decision', session, seq: 2, decision }])
    stream.send({ type: 'agentFinished', session, seq: 3 }, { type: 'userSilent', session, seq: 4, atMs: 3000 })
    expect(await stream.take(1)).toEqual([{ type: 'decision', session, seq: 4, decision: silence ?? null }])
  }
  stream.send({ type: 'ping' }, { type: 'save', session: 'a' }, { type: 'close', session: 'a' })
  expect(await stream.take(3)).toMatchObject([
    { type: 'pong' },
    { type: 'saved', session: 'a', lastSeq: 4 },
    { type: 'closed', session: 'a', reason: 'closed' },
  ])
  for (const reply of stream.replies) expect(streamReplySchema.parse(reply)).toEqual(reply)
})

test('a newer hear replaces one that has not run, and only that of its own session', async () => {
  const model = createHeldModel()
  const { app } = await createFakeServer({ model })
  const stream = await openStream(app)
  stream.send(open('a'), open('b'), hear('a', 1, 'I'), hear('b', 1, 'yes'))
  await until(() => model.held === 2)
  stream.send(hear('a', 2, 'I was'), hear('a', 3, 'I was charged'), hear('a', 4, 'I was charged twice'))
  stream.send({ type: 'ping' })
  await stream.take(3)
  model.release()
  const replies = await stream.take(5)
  expect(replies.filter(({ type }) => type === 'superseded')).toEqual([
    { type: 'superseded', session: 'a', seq: 2, by: 4 },
    { type: 'superseded', session: 'a', seq: 3, by: 4 },
  ])
  const decided = replies.filter((reply) => reply.type === 'decision').map(({ session, seq }) => `${session}${seq}`)
  expect(decided.sort()).toEqual(['a1', 'a4', 'b1'])
})

test('a dropped connection costs nothing: another stream attaches, and hears what has come', async () => {
  const { app } = await createFakeServer()
  const first = await openStream(app)
  first.send(open('call'), hear('call', 1, 'I was'))
  await first.take(2)
  first.close()
  await first.closed
  const second = await openStream(app)
  second.send({ type: 'attach', session: 'call' }, hear('call', 2, 'I was charged twice'))
  const [attached, decided] = await second.take(2)
  expect(attached).toEqual({ type: 'attached', session: 'call', lastSeq: 1 })
  const session = createFakeDetector().openSession()
  await session.hear('I was', { atMs: 1 })
  expect(decided).toMatchObject({ decision: await session.hear('I was charged twice', { atMs: 2 }) })
})

test('a session is with one stream at a time', async () => {
  const { app } = await createFakeServer()
  const [first, second] = [await openStream(app), await openStream(app)]
  first.send(open('call'))
  await first.take(1)
  second.send({ type: 'attach', session: 'call' })
  await second.take(1)
  expect(await first.take(1)).toEqual([{ type: 'closed', session: 'call', reason: 'taken', lastSeq: 0 }])
  first.send(hear('call', 1, 'hello'))
  expect(await first.take(1)).toMatchObject([{ type: 'error', error: { code: 'SESSION_NOT_FOUND' } }])
})

test('numbers that come twice, or are left out, are refused', async () => {
  const { app } = await createFakeServer()
  const stream = await openStream(app)
  stream.send(open('call'), hear('call', 1, 'a'))
  await stream.take(2)
  for (const seq of [1, 3]) {
    stream.send(hear('call', seq, 'b'))
    expect(await stream.take(1)).toMatchObject([
      { type: 'error', session: 'call', seq, error: { code: 'OUT_OF_SEQUENCE' } },
    ])
  }
  stream.send(hear('call', 2, 'b'))
  expect(await stream.take(1)).toMatchObject([{ type: 'decision', seq: 2 }])
})

test('an event that cannot be read has used its number, if that was the next', async () => {
  const { app } = await createFakeServer()
  const stream = await openStream(app)
  stream.send(open('call'), { ...hear('call', 1, 'a'), final: null }, { ...hear('call', 3, 'a'), final: null })
  stream.send({ ...hear('other', 1, 'a'), final: null }, hear('call', 2, 'b'))
  expect(await stream.take(5)).toMatchObject([
    { type: 'opened' },
    { type: 'error', session: 'call', seq: 1, error: { code: 'INVALID_REQUEST' } },
    { type: 'error', session: 'call', seq: 3, error: { code: 'INVALID_REQUEST' } },
    { type: 'error', session: 'other', seq: 1, error: { code: 'INVALID_REQUEST' } },
    { type: 'decision', session: 'call', seq: 2 },
  ])
})

describe('what cannot be read is answered, and the stream goes on', () => {
  test.each<[string, string, string, string]>([
    ['no JSON', 'SECRET', 'INVALID_JSON', 'JSON'],
    ['no object', '7', 'INVALID_REQUEST', 'message'],
    ['an unknown type', '{"type":"SECRET"}', 'INVALID_REQUEST', 'type'],
    ['no text', '{"type":"hear","session":"a","seq":1,"text":["SECRET"]}', 'INVALID_REQUEST', 'text'],
    ['no number', '{"type":"hear","session":"a","text":"SECRET"}', 'INVALID_REQUEST', 'seq'],
    [
      'half a character',
      '{"type":"hear","session":"a","seq":1,"text":"SECRET \\ud800"}',
      'MALFORMED_TEXT',
      'surrogate',
    ],
    [
      'an unknown session',
      '{"type":"hear","session":"SECRET","seq":1,"text":"SECRET"}',
      'SESSION_NOT_FOUND',
      'session',
    ],
    ['a session that is open', '{"type":"open","session":"a"}', 'SESSION_EXISTS', 'open already'],
    ['a token that is none', '{"type":"open","session":"b","resume":"SECRET"}', 'INVALID_RESUME_TOKEN', 'token'],
  ])('%s', async (_, text, code, problem) => {
    const { app, log } = await createFakeServer()
    const stream = await openStream(app)
    stream.send(open('a'))
    await stream.take(1)
    stream.sendText(text)
    const [reply] = await stream.take(1)
    expect(reply).toMatchObject({ type: 'error', error: { code, message: expect.stringContaining(problem) } })
    expect(JSON.stringify({ ...reply, session: '' }) + log.join('')).not.toContain('SECRET')
    stream.send({ type: 'ping' })
    expect(await stream.take(1)).toEqual([{ type: 'pong' }])
  })

  test('a message that is too long ends it', async () => {
    const { app } = await createFakeServer({ settings: { maxBodyBytes: 1024 } })
    const stream = await openStream(app)
    stream.sendText('x'.repeat(2000))
    expect(await stream.closed).toBe(1009)
  })
})

test('keys: a stream has one, and sees the sessions of no other', async () => {
  const keys = ['one', 'two'].map((name) => ({ name, hash: createHash('sha256').update(name).digest() }))
  const { app } = await createFakeServer({ keys: () => keys })
  await expect(openStream(app)).rejects.toThrow('401')
  await expect(openStream(app, { authorization: 'Bearer three' })).rejects.toThrow('401')
  const [one, two] = await Promise.all(['one', 'two'].map((key) => openStream(app, { authorization: `Bearer ${key}` })))
  one?.send(open('call'))
  await one?.take(1)
  two?.send({ type: 'attach', session: 'call' }, hear('call', 1, 'hello'), { type: 'close', session: 'call' })
  const codes = (await two?.take(3))?.map((reply) => reply.type === 'error' && reply.error.code)
  expect(codes).toEqual(Array(3).fill('SESSION_NOT_FOUND'))
})

test('pages of other origins are refused unless the settings name them', async () => {
  const { app } = await createFakeServer({ settings: { corsOrigins: ['https://known.example'] } })
  await expect(openStream(app, { origin: 'https://other.example' })).rejects.toThrow('403')
  for (const origin of ['https://known.example', 'http://localhost']) (await openStream(app, { origin })).close()
})

test('an idle session ends with a token', async () => {
  const { app } = await createFakeServer({ settings: { sessionIdleMs: 50 } })
  const stream = await openStream(app)
  stream.send(open('call'), hear('call', 1, 'hello'))
  const [, , closed] = await stream.take(3)
  expect(closed).toMatchObject({ type: 'closed', reason: 'idle', lastSeq: 1, resume: expect.any(String) })
})

test('when the server stops, what is under way is answered and sessions are handed back', async () => {
  const model = createHeldModel()
  const server = await createFakeServer({ model, resumeSecrets: () => ['secret'] })
  const stream = await openStream(server.app)
  stream.send(open('call'), hear('call', 1, 'hello'))
  await until(() => model.held === 1)
  const closed = server.close(20)
  await expect(openStream(server.app)).rejects.toThrow('503')
  await new Promise((resolve) => setTimeout(resolve, 50))
  model.release()
  const [, decided, back] = await stream.take(3)
  expect(decided).toMatchObject({ type: 'decision', seq: 1 })
  expect(back).toMatchObject({ type: 'closed', session: 'call', reason: 'stopping', lastSeq: 1 })
  expect(await stream.closed).toBe(1012)
  await closed
  const { app } = await createFakeServer({ resumeSecrets: () => ['secret'] })
  const other = await openStream(app)
  other.send({ ...open('call'), ...back, type: 'open' }, hear('call', 1, 'hello there'))
  expect(await other.take(2)).toMatchObject([{ type: 'opened' }, { type: 'decision' }])
})

test('sessions, states and streams are let go in the end', async () => {
  const model = createFakeModel()
  const server = await createFakeServer({ model })
  const stream = await openStream(server.app)
  for (const name of ['a', 'b', 'c']) stream.send(open(name), hear(name, 1, 'hello there'))
  await stream.take(6)
  expect(model.openStates).toBe(3)
  expect((await server.app.inject('/metrics')).body).toMatch(/^turnwise_streams_open 1$/m)
  await server.close(0)
  expect(model.openStates).toBe(0)
})
