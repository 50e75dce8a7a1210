import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { connectStream } from '../test/connectStream.js'
import { bodyOf, CANARY, KEYS, startTarget, withKey } from '../test/target.js'

const options = { keys: () => KEYS }
const two = withKey('two')
const text = CANARY.repeat(1000)
const messages = [{ role: 'tool', content: text }]
/** Room for four such texts, and a bit. */
const maxKeyBytes = 90_000

async function codeOf(response: Promise<Response>): Promise<string | undefined> {
  return (await bodyOf(await response)).error?.code
}

test('more sessions than may be are refused, and those that are open go on', async () => {
  const target = await startTarget({ ...options, settings: { maxSessions: 3, maxKeySessions: 3 } })
  for (const id of ['a', 'b', 'c']) expect((await target.post('/v1/sessions', { id })).status).toBe(201)
  const refused = await target.post('/v1/sessions', { id: 'd' })
  expect([refused.status, (await bodyOf(refused)).error?.code]).toEqual([503, 'TOO_MANY_SESSIONS'])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  const { ask } = await connectStream(target.url, 'two')
  for (let index = 0; index < 300; index += 1) {
    expect(await ask({ type: 'open', session: `s${index}` })).toMatchObject({ error: { code: 'TOO_MANY_SESSIONS' } })
  }
  expect((await target.post('/v1/sessions/a/events', { events: [{ type: 'hear', text: 'yes' }] })).status).toBe(200)
  await target.expectAnswer()
})

describe('a key that takes all it can leaves room for the others', () => {
  test.each([
    ['half of all', { maxSessions: 4 }],
    ['as many as are set', { maxSessions: 100, maxKeySessions: 2 }],
  ])('of sessions: %s', async (_, settings) => {
    const { post, url } = await startTarget({ ...options, settings })
    const open = (id: string, headers = {}) => post('/v1/sessions', { id }, headers)
    for (const id of ['a', 'b']) expect((await open(id)).status).toBe(201)
    expect(await codeOf(open('c'))).toBe('TOO_MANY_SESSIONS')
    for (const id of ['a', 'b']) expect((await open(id, two)).status).toBe(201)
    await fetch(`${url}/v1/sessions/a`, { method: 'DELETE', headers: withKey('one') })
    expect((await open('c')).status).toBe(201)
    expect(await codeOf(open('d'))).toBe('TOO_MANY_SESSIONS')
  })

  test.each([
    ['there are no keys', []],
    ['all have one name', [...KEYS.slice(0, 1), ...KEYS.slice(0, 1)]],
  ])('of sessions, unless there are no others: %s', async (_, keys) => {
    const { post } = await startTarget({ keys: () => keys, settings: { maxSessions: 4 } })
    for (const id of ['a', 'b', 'c', 'd']) expect((await post('/v1/sessions', { id })).status).toBe(201)
  })

  test.each([
    ['messages', { type: 'addMessage', message: messages[0] }],
    ['words of the agent', { type: 'agentSpeaking', text }],
    ['words of an agent that has finished', { type: 'agentFinished', text }],
    ['words of the user', { type: 'hear', text }],
  ])('of memory: %s', async (_, event) => {
    const { post, url } = await startTarget({ ...options, settings: { maxKeyBytes } })
    const tell = (id: string, headers = {}) => post(`/v1/sessions/${id}/events`, { events: [event] }, headers)
    for (const id of ['a', 'b', 'c', 'd', 'e']) await post('/v1/sessions', { id })
    for (const id of ['a', 'b', 'c', 'd']) expect((await tell(id)).status).toBe(200)
    expect(await codeOf(tell('e'))).toBe('TOO_MANY_SESSIONS')
    expect(await codeOf(post('/v1/sessions', { id: 'f', messages }))).toBe('TOO_MANY_SESSIONS')
    const { ask } = await connectStream(url, 'one')
    const refused = { error: { code: 'TOO_MANY_SESSIONS' } }
    expect(await ask({ type: 'open', session: 'f', messages })).toMatchObject(refused)
    await ask({ type: 'attach', session: 'e' })
    expect(await ask({ ...event, session: 'e', seq: 1 })).toMatchObject(refused)
    // Others have room of their own, and so has the key once a session is over.
    expect((await post('/v1/sessions', { id: 'a', messages }, two)).status).toBe(201)
    expect((await tell('a', two)).status).toBe(200)
    await fetch(`${url}/v1/sessions/a`, { method: 'DELETE', headers: withKey('one') })
    expect((await tell('e')).status).toBe(200)
    expect(await codeOf(tell('b'))).toBe('TOO_MANY_SESSIONS')
  })

  test('and is not charged for what is over, or no longer fits into a prompt', async () => {
    const { post, url } = await startTarget({ ...options, settings: { maxKeyBytes, sessionIdleMs: 500 } })
    for (let count = 0; count < 10; count += 1) {
      expect((await post('/v1/sessions', { id: 'ended', messages })).status).toBe(201)
      await fetch(`${url}/v1/sessions/ended`, { method: 'DELETE', headers: withKey('one') })
    }
    await post('/v1/sessions', { id: 'long' })
    const events = [
      { type: 'addMessage', message: messages[0] },
      { type: 'hear', text: 'yes' },
    ]
    for (let count = 0; count < 10; count += 1) {
      expect((await post('/v1/sessions/long/events', { events })).status).toBe(200)
    }
    for (const id of ['a', 'b']) expect((await post('/v1/sessions', { id, messages })).status).toBe(201)
    const all = { messages: Array(4).fill(messages[0]) }
    expect(await codeOf(post('/v1/sessions', all))).toBe('TOO_MANY_SESSIONS')
    // Until the others are idle.
    await setTimeout(1000)
    expect((await post('/v1/sessions', all)).status).toBe(201)
  })
})

test('many sessions of messages without words are not free', async () => {
  const { post } = await startTarget({ ...options, settings: { maxKeyBytes } })
  const empty = { messages: Array(500).fill({ role: 'tool', content: '' }) }
  expect((await post('/v1/sessions', empty)).status).toBe(201)
  expect(await codeOf(post('/v1/sessions', empty))).toBe('TOO_MANY_SESSIONS')
})
