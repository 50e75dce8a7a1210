import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { MESSAGES } from '../test/fakeServer.js'
import { connectRaw, requestText } from '../test/rawConnection.js'
import { CANARY, JSON_BODY, KEYS, startTarget, withKey } from '../test/target.js'
import { until } from '../test/until.js'

const WORDS = JSON.stringify({ messages: [{ role: 'user', content: CANARY }] })

/** Sends a request as it is; all that is answered, until the server is silent or ends the connection. */
async function ask(url: string, text: string | Uint8Array): Promise<string> {
  const connection = await connectRaw(url)
  connection.write(text)
  let isClosed = false
  void connection.closed.then(() => {
    isClosed = true
  })
  await until(() => isClosed || connection.received.includes('\r\n\r\n'))
  await Promise.race([connection.closed, new Promise((resolve) => setTimeout(resolve, 100))])
  return connection.received
}

function post(headers: Record<string, string | number>, body = '', path = '/v1/predict'): string {
  return requestText(`POST ${path}`, { ...JSON_BODY, ...headers }, body)
}

describe('requests inside of others', () => {
  const hidden = requestText('GET /health/live')
  const chunked = `0\r\n\r\n${hidden}`
  test.each([
    ['two ends of a body', post({ 'content-length': chunked.length, 'transfer-encoding': 'chunked' }, chunked)],
    ['the same, the other way', post({ 'transfer-encoding': 'chunked', 'content-length': 4 }, chunked)],
    ['two lengths', post({ 'content-length': 2, 'Content-Length': 2 + hidden.length }, `{}${hidden}`)],
    ['a length with a sign', post({ 'content-length': '+2' }, `{}${hidden}`)],
    ['a length that is none', post({ 'content-length': '2, 2' }, `{}${hidden}`)],
    ['a coding before chunked', post({ 'transfer-encoding': 'chunked, identity' }, chunked)],
    ['a coding that looks like chunked', post({ 'transfer-encoding': 'xchunked' }, chunked)],
    ['a space before the colon', post({ 'transfer-encoding ': 'chunked' }, chunked)],
    ['a folded header', post({ 'x-a': 'b\r\n transfer-encoding: chunked' }, chunked)],
    ['a bare line feed', post({ 'x-a': 'b\ntransfer-encoding: chunked' }, chunked)],
    ['a chunk that is no number', post({ 'transfer-encoding': 'chunked' }, `0x0\r\n\r\n${hidden}`)],
    ['a NUL in a header', post({ 'x-a': '\0', 'content-length': 2 }, `{}${hidden}`)],
  ])('%s', async (_, text) => {
    const target = await startTarget()
    const answer = await ask(target.url, text)
    expect(answer).toMatch(/^HTTP\/1\.1 400/)
    expect(answer).not.toContain('"live"')
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1)
    await target.expectAnswer()
  })
})

describe('too much', () => {
  const long = CANARY.repeat(3000)
  const settings = { maxBodyBytes: 10_000 }
  test.each([
    ['a header', requestText('GET /health/live', { 'x-long': long }), 431, 'REQUEST_TOO_LARGE'],
    ['a key', requestText('GET /metrics', withKey(long)), 431, 'REQUEST_TOO_LARGE'],
    ['an address', requestText(`GET /${long}`), 431, 'REQUEST_TOO_LARGE'],
    ['many headers', requestText('GET /nowhere', manyHeaders(1500)), 431, 'REQUEST_TOO_LARGE'],
    ['a body that says so', post({ 'content-length': 2 ** 40 }, WORDS), 413, 'REQUEST_TOO_LARGE'],
    ['a length beyond numbers', post({ 'content-length': '9'.repeat(40) }, WORDS), 400, 'INVALID_REQUEST'],
    ['a body that does not', post({ 'transfer-encoding': 'chunked' }, chunk(long)), 413, 'REQUEST_TOO_LARGE'],
    [
      'a chunk that says so',
      post({ 'transfer-encoding': 'chunked' }, 'ffffffffffffffffff\r\n'),
      400,
      'INVALID_REQUEST',
    ],
    ['an id', requestText(`GET /v1/sessions/${'a'.repeat(129)}`), 400, 'INVALID_REQUEST'],
  ])('%s', async (_, text, status, code) => {
    const target = await startTarget({ settings })
    const answer = await ask(target.url, text)
    expect(answer).toContain(`HTTP/1.1 ${status}`)
    expect(answer).toContain(`"code":"${code}"`)
    await target.expectAnswer()
  })

  test('a body with little in it that would be large is not unpacked', async () => {
    const target = await startTarget()
    const bomb = gzipSync(Buffer.alloc(100 * 2 ** 20, ' '))
    const before = process.memoryUsage().rss
    for (const encoding of ['gzip', 'deflate', 'br', 'gzip, gzip']) {
      const headers = { ...JSON_BODY, 'content-encoding': encoding }
      const { status } = await fetch(`${target.url}/v1/predict`, { method: 'POST', headers, body: bomb })
      expect(status).toBe(400)
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 2 ** 20)
    await target.expectAnswer()
  })

  test('an id may be as long as the schema says', async () => {
    const { post, url } = await startTarget()
    const id = 'a'.repeat(128)
    expect((await post('/v1/sessions', { id })).status).toBe(201)
    expect((await fetch(`${url}/v1/sessions/${id}`)).status).toBe(200)
  })
})

describe('ways out of the server', () => {
  const UP = ['..', '%2e%2e', '..%2f..', '..%5c..', '%252e%252e', '....//', '..;', '%c0%ae%c0%ae', '%00', '__proto__']
  const PATHS = ['/', '/docs/', '/openapi.json/', '/v1/sessions/', '/v2/models/', '/v2/models/fake/versions/']
  test.each(PATHS)('%s', async (path) => {
    const target = await startTarget()
    for (const up of UP) {
      for (const end of ['', '/etc/passwd', '/package.json', '/src/keys.ts', '/ready']) {
        const answer = await ask(target.url, requestText(`GET ${path}${up}${end}`, { connection: 'close' }))
        expect(answer).toMatch(/^HTTP\/1\.1 40[04] /)
        expect(answer).not.toMatch(/root:|"license"|createHash/)
      }
    }
    await target.expectAnswer()
  })

  test.each(['CONNECT test:80', 'TRACE /health/live', 'PUT /docs', 'GET file:///etc/passwd', 'GET \\etc\\passwd'])(
    '%s',
    async (start) => {
      const target = await startTarget()
      // Node ends connections that ask for a tunnel without a word.
      expect(await ask(target.url, requestText(start))).toMatch(/^(HTTP\/1\.1 40[045] |$)/)
      await target.expectAnswer()
    },
  )
})

describe('keys where none belong', () => {
  test.each([
    '/v1/predict?key=one',
    '/v1/predict?access_token=one',
    '/v1/predict?authorization=Bearer%20one',
    '/v1/stream?key=one',
  ])('%s', async (path) => {
    const target = await startTarget({ keys: () => KEYS })
    const answer = await ask(
      target.url,
      post({ 'content-length': 2, 'x-api-key': 'one', cookie: 'key=one' }, '{}', path),
    )
    expect(answer).toContain('HTTP/1.1 401')
    expect(answer).toContain('"code":"UNAUTHORIZED"')
    await target.expectAnswer()
  })

  test('of two keys the first counts', async () => {
    const { url } = await startTarget({ keys: () => KEYS })
    const both = { authorization: 'Bearer wrong', Authorization: 'Bearer one' }
    expect(await ask(url, requestText('GET /metrics', both))).toContain('HTTP/1.1 401')
  })
})

test('a wrong request between good ones harms none of them', async () => {
  const target = await startTarget()
  const good = JSON.stringify({ messages: MESSAGES })
  const texts = [good, 'null', good, '[]', good].map((body) => post({ 'content-length': body.length }, body))
  const connection = await connectRaw(target.url)
  connection.write(texts.join(''))
  await until(() => connection.received.match(/HTTP\/1\.1/g)?.length === texts.length)
  const statuses = [...connection.received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)
  expect(statuses).toEqual(['200', '400', '200', '400', '200'])
})

function manyHeaders(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, CANARY]))
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`
}
