import { POLICIES, type SessionDecision } from '@turnwise/core'
import { describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { createHeldModel } from './test/heldModel.js'
import { startTcpProxy } from './test/tcpProxy.js'
import { createTestClient, createTestDetector, openSessions, startTestServer } from './test/testServer.js'

const GREETING = { role: 'assistant', content: 'Which day?' } as const

describe('a session is as one in the same process', () => {
  test('through a call', async () => {
    const { url } = await startTestServer()
    const client = createTestClient(url)
    const start = { messages: [GREETING], expect: 'date', policy: { ...POLICIES.eager, speakFrom: 0.4 } } as const
    const decisions = await Promise.all(
      [client, createTestDetector()].map(async (openers) => {
        const session = openers.openSession(start)
        const decisions: (SessionDecision | undefined)[] = [await session.userSilent(0)]
        decisions.push(await session.hear('the fourth of', { atMs: 100 }))
        decisions.push(await session.hear('the fourth of May', { atMs: 200, final: true }))
        decisions.push(await session.userSilent(3000))
        session.addMessage({ role: 'tool', content: 'free' })
        session.agentSpeaking('That is')
        expect(session.isAgentSpeaking).toBe(true)
        decisions.push(await session.hear('uh huh', { atMs: 4000 }))
        session.agentFinished('That is free')
        expect(session.isAgentSpeaking).toBe(false)
        session.expecting({ kind: 'code', length: 6 })
        decisions.push(await session.hear('oh double six', { atMs: 4500 }))
        session.expecting(undefined)
        decisions.push(await session.hear('thank you', { atMs: 5000 }))
        await session.close()
        await expect(session.hear('more')).rejects.toMatchObject({ code: 'SESSION_CLOSED' })
        expect(() => session.agentSpeaking('more')).toThrow(expect.objectContaining({ code: 'SESSION_CLOSED' }))
        return decisions
      }),
    )
    expect(decisions[0]).toEqual(decisions[1])
  })

  test('resumed it knows whether the agent speaks, and what was told since counts', async () => {
    const { url } = await startTestServer()
    const client = createTestClient(url)
    const session = client.openSession()
    session.agentSpeaking('Your balance is')
    const resume = await session.save()
    const [resumed, told] = [client.openSession({ resume }), client.openSession({ resume })]
    told.agentFinished()
    const { reason } = await resumed.hear('uh huh', { atMs: 1 })
    await told.hear('uh huh', { atMs: 1 })
    expect(reason.excluded).toContain('start_speaking')
    expect([resumed.isAgentSpeaking, told.isAgentSpeaking]).toEqual([true, false])
    resumed.agentFinished()
    expect(resumed.isAgentSpeaking).toBe(false)
  })

  test('a newer hear answers those that wait, with the very same object', async () => {
    const model = createHeldModel()
    const { url } = await startTestServer({ model })
    const session = createTestClient(url).openSession()
    const running = session.hear('I', { atMs: 1 })
    await vi.waitUntil(() => model.held === 1)
    const waiting = ['I was', 'I was charged', 'I was charged twice'].map((text) => session.hear(text, { atMs: 2 }))
    await session.save()
    model.release()
    const [first, second, newest] = await Promise.all(waiting)
    expect(first).toBe(newest)
    expect(second).toBe(newest)
    expect(await running).not.toBe(newest)
    const whole = await createTestDetector().openSession().hear('I was charged twice')
    expect(newest?.probabilities).toEqual(whole.probabilities)
  })

  test('what cannot be said is refused before it is sent', async () => {
    const { url } = await startTestServer()
    const client = createTestClient(url)
    const session = client.openSession()
    expect(() => session.agentSpeaking('\ud800')).toThrow(expect.objectContaining({ code: 'MALFORMED_TEXT' }))
    expect(() => session.expecting('money' as never)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
    expect(() => session.expecting({ kind: 'code', length: 0 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
    expect(() => session.addMessage({ role: 'bot' as never, content: '' })).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_ROLE' }),
    )
    await expect(session.hear(7 as never)).rejects.toMatchObject({ code: 'INVALID_CONTENT' })
    await expect(session.hear('hello', { final: null as never })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(session.hear('hello', { atMs: Number.NaN })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(session.userSilent(Number.NaN)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    expect(await session.hear('hello')).toHaveProperty('action')
  })

  test('many sessions of a client share a connection', async () => {
    const { port } = await startTestServer()
    const proxy = await startTcpProxy(port)
    const client = createTestClient(proxy.url)
    const detector = createTestDetector()
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const text = `I am number ${index}`
        const decision = await client.openSession().hear(text, { atMs: 1 })
        expect(decision).toEqual(await detector.openSession().hear(text, { atMs: 1 }))
      }),
    )
    expect(proxy.connections).toBe(1)
  })
})

test('an id is refused that the server would not take', async () => {
  const { app, url } = await startTestServer()
  const { SessionId } = (await app.inject('/openapi.json')).json().components.schemas
  const client = createTestClient(url)
  for (const id of [
    'call-1',
    'A_b.9',
    '_',
    'x'.repeat(128),
    '',
    'call:+15551234',
    'room/42',
    'é',
    'a\n',
    'x'.repeat(129),
  ]) {
    if (new RegExp(SessionId.pattern).test(id))
      expect(await client.openSession({ id }).hear('hello')).toHaveProperty('action')
    else expect(() => client.openSession({ id })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
  }
  expect(() => client.openSession({ id: 7 as never })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
})

describe('what the server refuses', () => {
  test('a session that cannot be opened', async () => {
    const { url } = await startTestServer({ settings: { maxSessions: 1 } })
    const client = createTestClient(url)
    const one = client.openSession({ id: 'one' })
    await one.hear('hello')
    const other = client.openSession({ id: 'other' })
    await expect(other.hear('hello')).rejects.toMatchObject({ code: 'TOO_MANY_SESSIONS' })
    await expect(createTestClient(url).openSession({ id: 'one' }).hear('hello')).rejects.toMatchObject({
      code: 'SESSION_EXISTS',
    })
    await one.close()
    expect(await other.hear('hello')).toHaveProperty('action')
  })

  test('an event that nobody waits for: the next hear says so, once', async () => {
    const { url } = await startTestServer({ settings: { maxMessages: 1 } })
    const session = createTestClient(url).openSession({ messages: [GREETING] })
    await session.hear('Monday')
    session.agentFinished('Monday it is')
    await session.save()
    await expect(session.hear('yes')).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' })
    expect(await session.hear('yes')).toHaveProperty('action')
  })

  test('a message that is too large does not go round in circles', async () => {
    const { port } = await startTestServer({ settings: { maxBodyBytes: 1024 } })
    const proxy = await startTcpProxy(port)
    const session = createTestClient(proxy.url).openSession()
    await session.hear('hello')
    await expect(session.hear('long '.repeat(300))).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(proxy.connections).toBe(1)
  })

  test('a message that is too large ends its session, and no other', async () => {
    const server = await startTestServer({ settings: { maxBodyBytes: 1024 } })
    const client = createTestClient(server.url)
    const [large, other] = [client.openSession(), client.openSession()]
    await Promise.all([large, other].map((session) => session.hear('hello')))
    const same = createTestDetector().openSession()
    await same.hear('hello')
    large.agentSpeaking('long '.repeat(300))
    const [lost, decision] = await Promise.allSettled([large.hear('uh huh'), other.hear('hello you')])
    expect(lost).toMatchObject({ reason: { code: 'REQUEST_TOO_LARGE' } })
    const { probabilities } = await same.hear('hello you')
    expect(decision).toMatchObject({ value: { probabilities } })
    await expect(large.hear('uh huh')).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' })
    expect(await other.hear('hello you there')).toHaveProperty('action')
    await large.close()
    await vi.waitUntil(async () => (await openSessions(server)) === 1)
  })

  test('a session that another client takes is over here', async () => {
    const server = await startTestServer()
    const session = createTestClient(server.url).openSession({ id: 'call' })
    await session.hear('hello')
    const other = new WebSocket(`${server.url.replace('http', 'ws')}/v1/stream`)
    other.onopen = () => other.send(JSON.stringify({ type: 'attach', session: 'call' }))
    await vi.waitUntil(() =>
      session.userSilent().then(
        () => false,
        ({ code }) => code === 'SESSION_CLOSED',
      ),
    )
    await expect(session.hear('hello')).rejects.toMatchObject({ code: 'SESSION_CLOSED' })
  })
})
