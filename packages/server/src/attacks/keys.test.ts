import { timingSafeEqual } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import type { StreamReply } from '../schemas/stream.js'
import { connectStream } from '../test/connectStream.js'
import { MESSAGES } from '../test/fakeServer.js'
import { bodyOf, CANARY, KEYS, startTarget, withKey } from '../test/target.js'
import { until } from '../test/until.js'

vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>()
  return { ...crypto, timingSafeEqual: vi.fn(crypto.timingSafeEqual) }
})

const options = { keys: () => KEYS }
const SAID = [{ role: 'user', content: CANARY }]

test('a key is compared in constant time with every known one, whichever it is', async () => {
  const { post } = await startTarget(options)
  for (const key of ['one', 'two', 'on', 'three', KEYS[0]?.hash.toString('hex') ?? '']) {
    vi.mocked(timingSafeEqual).mockClear()
    await post('/v1/predict', { messages: MESSAGES }, withKey(key))
    expect(timingSafeEqual).toHaveBeenCalledTimes(KEYS.length)
  }
})

test('wrong keys, one after another, are refused, and the right one is not', async () => {
  const target = await startTarget(options)
  for (let index = 0; index < 100; index += 1) {
    const response = await target.post('/v1/predict', {}, withKey(`one${index}`))
    expect([response.status, (await bodyOf(response)).error?.code]).toEqual([401, 'UNAUTHORIZED'])
  }
  await target.expectAnswer()
})

describe("another key's session", () => {
  test('is not there over HTTP, as if it had never been', async () => {
    const { url, post } = await startTarget(options)
    await post('/v1/sessions', { id: 'mine', messages: SAID }, withKey('one'))
    const ask = async (id: string, method: string, path = '') => {
      const body = method === 'POST' ? JSON.stringify({ events: [{ type: 'hear', text: 'yes' }], resume: true }) : null
      const headers = { ...withKey('two'), ...(body === null ? {} : { 'content-type': 'application/json' }) }
      const response = await fetch(`${url}/v1/sessions/${id}${path}`, { method, headers, body })
      return [response.status, (await response.text()).replace(/"requestId":"[^"]+"/, '')]
    }
    for (const [method, path] of [['GET'], ['DELETE'], ['POST', '/events']] as const) {
      const answer = await ask('mine', method, path)
      expect(answer[0]).toBe(404)
      expect(answer).toEqual(await ask('never', method, path))
    }
    const mine = await bodyOf(await fetch(`${url}/v1/sessions/mine`, { headers: withKey('one') }))
    expect(mine).toMatchObject({ messages: SAID })
  })

  test('is not there on a stream, whatever is asked of it', async () => {
    const { url, post } = await startTarget(options)
    await post('/v1/sessions', { id: 'mine', messages: SAID }, withKey('one'))
    const [mine, other] = [await connectStream(url, 'one'), await connectStream(url, 'two')]
    await mine.ask({ type: 'attach', session: 'mine' })
    for (const type of ['attach', 'save', 'close', 'hear', 'userSilent', 'agentSpeaking', 'agentFinished']) {
      const reply = await other.ask({ type, session: 'mine', seq: 1, text: 'yes' })
      expect(reply).toMatchObject({ type: 'error', error: { code: 'SESSION_NOT_FOUND' } })
    }
    expect(await mine.ask({ type: 'hear', session: 'mine', seq: 1, text: 'yes' })).toMatchObject({ type: 'decision' })
    expect(other.replies).toHaveLength(7)
  })

  test('may have the same id as mine, and stays another', async () => {
    const { url } = await startTarget(options)
    const [one, two] = [await connectStream(url, 'one'), await connectStream(url, 'two')]
    for (const stream of [one, two]) await stream.ask({ type: 'open', session: 'same' })
    await one.ask({ type: 'hear', session: 'same', seq: 1, text: CANARY })
    const saved = await two.ask({ type: 'save', session: 'same' })
    expect(saved).toMatchObject({ type: 'saved', lastSeq: 0 })
    const { resume } = saved as Extract<StreamReply, { type: 'saved' }>
    await two.ask({ type: 'open', session: 'again', resume })
    const { messages } = await bodyOf(await fetch(`${url}/v1/sessions/again`, { headers: withKey('two') }))
    expect(messages).toEqual([])
  })

  test.each(['same two', 'same one', ' ', 'same%20one', '../two', 'a/b', ''])(
    'cannot be meant by the id %j',
    async (id) => {
      const { post, url } = await startTarget(options)
      await post('/v1/sessions', { id: 'same', messages: SAID }, withKey('one'))
      expect((await post('/v1/sessions', { id }, withKey('two'))).status).toBe(400)
      const { status } = await fetch(`${url}/v1/sessions/${encodeURIComponent(id)}`, { headers: withKey('two') })
      expect([400, 404]).toContain(status)
    },
  )
})

test("one stream's session is not another's until it is attached, and then no longer the first's", async () => {
  const { url } = await startTarget(options)
  const [first, second] = [await connectStream(url, 'one'), await connectStream(url, 'one')]
  await first.ask({ type: 'open', session: 'a' })
  const notHeld = { type: 'error', session: 'a', error: { code: 'SESSION_NOT_FOUND' } }
  for (const type of ['hear', 'save', 'close']) {
    expect(await second.ask({ type, session: 'a', seq: 1, text: 'yes' })).toMatchObject(notHeld)
  }
  expect(await second.ask({ type: 'open', session: 'a' })).toMatchObject({ error: { code: 'SESSION_EXISTS' } })
  expect(await second.ask({ type: 'attach', session: 'a' })).toEqual({ type: 'attached', session: 'a', lastSeq: 0 })
  await until(() => first.replies.length === 2)
  expect(first.replies[1]).toMatchObject({ type: 'closed', reason: 'taken' })
  expect(await first.ask({ type: 'hear', session: 'a', seq: 1, text: 'yes' })).toMatchObject(notHeld)
  expect(await second.ask({ type: 'hear', session: 'a', seq: 1, text: 'yes' })).toMatchObject({ type: 'decision' })
})

describe('a token of a session', () => {
  async function tokenOf(post: (path: string, body: unknown) => Promise<Response>): Promise<string> {
    await post('/v1/sessions', { id: 'mine', messages: SAID })
    const told = await post('/v1/sessions/mine/events', { events: [{ type: 'expecting', expect: null }], resume: true })
    return (await bodyOf(told)).resume ?? ''
  }

  test('that is sent again does not replace the session, and does not take it back', async () => {
    const { url, post } = await startTarget(options)
    const resume = await tokenOf(post)
    await post('/v1/sessions/mine/events', { events: [{ type: 'hear', text: 'and more' }] })
    const again = await post('/v1/sessions', { id: 'mine', resume })
    expect([again.status, (await bodyOf(again)).error?.code]).toEqual([409, 'SESSION_EXISTS'])
    expect((await post('/v1/sessions', { id: 'other', resume })).status).toBe(201)
    const { messages } = await bodyOf(await fetch(`${url}/v1/sessions/mine`, { headers: withKey('one') }))
    expect(messages).toHaveLength(2)
  })

  test('is of no use to another key', async () => {
    const { post } = await startTarget(options)
    const resume = await tokenOf(post)
    const stolen = await post('/v1/sessions', { resume }, withKey('two'))
    expect([stolen.status, (await bodyOf(stolen)).error?.code]).toEqual([400, 'INVALID_RESUME_TOKEN'])
    expect((await post('/v1/sessions', { resume })).status).toBe(201)
  })

  test('shows nothing of what was said', async () => {
    const { post } = await startTarget(options)
    expect(Buffer.from(await tokenOf(post), 'base64url').toString('latin1')).not.toContain(CANARY)
  })

  test('that was forged, changed or cut is refused', async () => {
    const { post } = await startTarget(options)
    const resume = await tokenOf(post)
    const forged = Buffer.from(JSON.stringify({ formatVersion: 2, messages: SAID })).toString('base64url')
    const broken = [resume.slice(0, -9), resume.slice(9), `${resume}AAAA`, resume.toUpperCase(), '', CANARY, 'bnVsbA']
    for (const token of [forged, ...broken, '__proto__', 'A'.repeat(2 ** 18)]) {
      const response = await post('/v1/sessions', { resume: token })
      const text = await response.text()
      expect([response.status, JSON.parse(text).error?.code]).toEqual([400, 'INVALID_RESUME_TOKEN'])
      expect(text).not.toContain(CANARY)
    }
  })

  test('of another server is refused, unless the two share a secret', async () => {
    const shared = { ...options, resumeSecrets: () => ['secret'] }
    const [one, two] = [await startTarget(shared), await startTarget(shared)]
    const stranger = await startTarget(options)
    const resume = await tokenOf(one.post)
    expect((await two.post('/v1/sessions', { resume })).status).toBe(201)
    const response = await stranger.post('/v1/sessions', { resume })
    expect([response.status, (await bodyOf(response)).error?.code]).toEqual([400, 'INVALID_RESUME_TOKEN'])
  })

  test('holds no more than a new session may', async () => {
    const shared = { ...options, resumeSecrets: () => ['secret'] }
    const [one, small] = [await startTarget(shared), await startTarget({ ...shared, settings: { maxMessages: 2 } })]
    await one.post('/v1/sessions', { id: 'long', messages: [...SAID, ...SAID, ...SAID] })
    const { resume } = await bodyOf(await fetch(`${one.url}/v1/sessions/long`, { headers: withKey('one') }))
    expect((await small.post('/v1/sessions', { resume })).status).toBe(413)
  })
})
