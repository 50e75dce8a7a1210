import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createFakeServer, MESSAGES } from './test/fakeServer.js'

const KEYS = ['one', 'two'].map((name) => ({ name, hash: createHash('sha256').update(name).digest() }))
const ASK = { method: 'POST' as const, url: '/v1/predict', payload: { messages: MESSAGES } }

describe('keys', () => {
  test.each([
    [{}, 401],
    [{ authorization: 'Bearer one' }, 200],
    [{ authorization: 'bearer two' }, 200],
    [{ authorization: 'Bearer three' }, 401],
    [{ authorization: 'Bearer ' }, 401],
    [{ authorization: 'Basic one' }, 401],
    [{ authorization: `Bearer ${KEYS[0]?.hash.toString('hex')}` }, 401],
  ])('%j: %i', async (headers, status) => {
    const { app } = await createFakeServer({ keys: () => KEYS })
    const response = await app.inject({ ...ASK, headers })
    expect(response.statusCode).toBe(status)
    if (status === 200) return
    expect(response.headers['www-authenticate']).toBe('Bearer')
    expect(response.json()).toMatchObject({ error: { code: 'UNAUTHORIZED' } })
  })

  test('only health and documentation are open, and nothing is read of others', async () => {
    const { app } = await createFakeServer({ keys: () => KEYS })
    const statusOf = async (url: string) => (await app.inject(url)).statusCode
    for (const url of ['/health/live', '/health/ready', '/openapi.json', '/docs']) expect(await statusOf(url)).toBe(200)
    for (const url of ['/metrics', '/v1/stream', '/v1/sessions/a', '/nowhere']) expect(await statusOf(url)).toBe(401)
    expect((await app.inject({ ...ASK, payload: 'no JSON' })).statusCode).toBe(401)
  })
})

test('each key has a limit of its own, and what is over it is told when to come again', async () => {
  const { app } = await createFakeServer({ keys: () => KEYS, settings: { requestsPerMinute: 2 } })
  const statusOf = async (key: string) => app.inject({ ...ASK, headers: { authorization: `Bearer ${key}` } })
  expect([(await statusOf('one')).statusCode, (await statusOf('one')).statusCode]).toEqual([200, 200])
  const refused = await statusOf('one')
  expect(refused.statusCode).toBe(429)
  expect(refused.json()).toMatchObject({ error: { code: 'RATE_LIMITED' } })
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect((await statusOf('two')).statusCode).toBe(200)
  for (let index = 0; index < 5; index += 1) expect((await app.inject('/health/live')).statusCode).toBe(200)
})

test('web pages of other origins may not ask unless the settings name them', async () => {
  const preflight = {
    method: 'OPTIONS' as const,
    url: '/v1/predict',
    headers: { origin: 'https://known.example', 'access-control-request-method': 'POST' },
  }
  const closed = await createFakeServer()
  expect((await closed.app.inject(preflight)).headers['access-control-allow-origin']).toBeUndefined()
  const { app } = await createFakeServer({ keys: () => KEYS, settings: { corsOrigins: ['https://known.example'] } })
  const allowed = await app.inject(preflight)
  expect(allowed.statusCode).toBe(204)
  expect(allowed.headers['access-control-allow-origin']).toBe('https://known.example')
  const headers = { ...preflight.headers, origin: 'https://other.example' }
  const other = await app.inject({ ...preflight, headers })
  expect(other.headers['access-control-allow-origin']).not.toBe('https://other.example')
})

test.each([
  ['a body that is none', { ...ASK, payload: '{', headers: { 'content-type': 'application/json' } }, 400],
  ['a form that is wrong', { ...ASK, payload: {} }, 400],
  ['a path that is wrong', { method: 'DELETE' as const, url: '/v1/sessions/%C2%84' }, 400],
  ['a host that is unknown', { ...ASK, headers: { host: 'a.example' } }, 421],
  ['an endpoint that is not there', { method: 'GET' as const, url: '/nowhere' }, 404],
  ['an address that is none', { method: 'GET' as const, url: '/%zz' }, 400],
])('the error about %s says that it is JSON', async (_, request, status) => {
  const { app } = await createFakeServer()
  const { statusCode, headers, body } = await app.inject(request)
  expect([statusCode, headers['content-type']]).toEqual([status, 'application/json; charset=utf-8'])
  expect(JSON.parse(body)).toMatchObject({ error: { code: expect.any(String) } })
})

test('every answer carries the headers that protect it', async () => {
  const { app } = await createFakeServer()
  for (const url of ['/health/live', '/docs', '/nowhere']) {
    expect((await app.inject(url)).headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'strict-transport-security': expect.stringContaining('max-age'),
      'x-frame-options': expect.any(String),
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    })
  }
})
