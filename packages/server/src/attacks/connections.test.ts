import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../settings.js'
import { startServer } from '../startServer.js'
import { createFakeDetector, MESSAGES } from '../test/fakeServer.js'
import { connectRaw, H2C, type RawConnection, requestText, upgradeText } from '../test/rawConnection.js'
import { CANARY, JSON_BODY, KEYS, startTarget, withKey } from '../test/target.js'
import { until } from '../test/until.js'

/** Sends a text a byte at a time, as long as the server listens. */
async function dribble({ socket, write }: RawConnection, text: string): Promise<void> {
  for (const byte of text) {
    if (socket.destroyed) return
    write(byte)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const BODY = JSON.stringify({ messages: [{ role: 'user', content: CANARY.repeat(20) }] })
const HEADERS = { ...JSON_BODY, 'content-length': BODY.length }

describe('slow and silent callers', () => {
  test.each([
    ['headers come byte by byte', '', requestText('GET /health/live', { 'x-words': CANARY.repeat(20) })],
    ['a body comes byte by byte', requestText('POST /v1/predict', HEADERS), BODY],
    [
      'chunks come byte by byte',
      requestText('POST /v1/predict', { ...JSON_BODY, 'transfer-encoding': 'chunked' }),
      `${BODY.length.toString(16)}\r\n${BODY}`,
    ],
    [
      'the body of a request for HTTP/2 comes byte by byte',
      requestText('POST /v1/predict', { ...HEADERS, ...H2C }),
      BODY,
    ],
    ['a body never comes', requestText('POST /v1/predict', { ...HEADERS, expect: '100-continue' }), ''],
    ['the handshake of a stream comes byte by byte', '', upgradeText({ 'x-words': CANARY.repeat(20) })],
    ['nothing comes', '', ''],
  ])('where %s, fifty are cut off in time, and others are answered', async (_, begun, rest) => {
    const target = await startTarget({ settings: { receiveMs: 300 } })
    const startedMs = performance.now()
    const connections = await Promise.all(Array.from({ length: 50 }, () => connectRaw(target.url)))
    const dribbling = connections.map((connection) => {
      connection.write(begun)
      return dribble(connection, rest)
    })
    await target.expectAnswer()
    const answers = await Promise.all(connections.map(({ closed }) => closed))
    expect(performance.now() - startedMs).toBeLessThan(5000)
    // Whoever sends on after it was cut off may not see why.
    for (const answer of answers) expect(answer).toMatch(/^(HTTP\/1\.1 100 Continue\r\n\r\n)?(HTTP\/1\.1 408 |$)/)
    expect(answers.join()).toContain('"code":"INVALID_REQUEST"')
    await Promise.all(dribbling)
    await target.expectAnswer()
  })

  test('who never begins with TLS is cut off, too', async () => {
    const certificate = (name: string) =>
      fileURLToPath(new URL(`../test/certificates/first.${name}.pem`, import.meta.url))
    const { url, close } = await startServer({
      detector: createFakeDetector(),
      settings: {
        ...DEFAULT_SETTINGS,
        port: 0,
        receiveMs: 200,
        tlsCertFile: certificate('cert'),
        tlsKeyFile: certificate('key'),
      },
      log: { write: () => undefined },
    })
    onTestFinished(() => close(0))
    const connection = await connectRaw(url)
    connection.write(Buffer.of(0x16, 0x03))
    expect(await connection.closed).toBe('')
  })

  test('who does not read its answer is let go in the end', async () => {
    const { app } = await startTarget()
    expect(app.server.timeout).toBeGreaterThan(DEFAULT_SETTINGS.deadlineMs)
    expect(app.server.timeout).toBeLessThan(300_000)
  })
})

test('many connections that do nothing keep nobody from being answered', async () => {
  const target = await startTarget()
  const connections = await Promise.all(Array.from({ length: 500 }, () => connectRaw(target.url)))
  await target.expectAnswer()
  for (const { socket } of connections) socket.resetAndDestroy()
  await target.expectAnswer()
})

test('who has sent its request and half closed is still answered', async () => {
  const { url } = await startTarget()
  const { socket, closed } = await connectRaw(url)
  socket.end(requestText('GET /health/live', { connection: 'close' }))
  expect(await closed).toContain('{"status":"live"}')
})

test('who asks again and again without reading does not fill the memory', async () => {
  const target = await startTarget()
  const messages = [{ role: 'user', content: CANARY.repeat(90_000) }]
  await target.post('/v1/sessions', { id: 'long', messages })
  const connection = await connectRaw(target.url)
  connection.socket.pause()
  const before = process.memoryUsage().rss
  connection.write(requestText('GET /v1/sessions/long').repeat(500))
  await new Promise((resolve) => setTimeout(resolve, 500))
  await target.expectAnswer()
  // Each answer has more than 2 MB.
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 2 ** 20)
  connection.socket.resume()
  await connection.closed
})

describe('streams that are refused', () => {
  const options = { keys: () => KEYS }
  test.each([
    ['no key', {}, 401, 'UNAUTHORIZED'],
    ['a wrong key', withKey('three'), 401, 'UNAUTHORIZED'],
    ['a key in a subprotocol', { 'sec-websocket-protocol': 'bearer, one' }, 401, 'UNAUTHORIZED'],
    ['a page of another origin', { ...withKey('one'), origin: 'https://evil.example' }, 403, 'ORIGIN_REFUSED'],
    ['a page of another port', { ...withKey('one'), origin: 'http://localhost:81' }, 403, 'ORIGIN_REFUSED'],
    ['a page from nowhere', { ...withKey('one'), origin: 'null' }, 403, 'ORIGIN_REFUSED'],
    ['an origin that is none', { ...withKey('one'), origin: 'test' }, 403, 'ORIGIN_REFUSED'],
  ])('%s: %j', async (_, headers, status, code) => {
    const target = await startTarget(options)
    const connection = await connectRaw(target.url)
    connection.write(upgradeText(headers))
    // It is also closed: as a WebSocket it would have no timeout any more.
    const answer = await connection.closed
    expect(answer).toContain(`HTTP/1.1 ${status}`)
    expect(answer).toContain(`"code":"${code}"`)
    await target.expectAnswer()
  })

  test.each([
    ['a stream that is none', 'GET /v1/nowhere', {}],
    ['a page', `GET /docs?${CANARY}`, {}],
    ['an upgrade with a body', 'POST /v1/predict', { 'content-length': '5' }],
    ['another version of WebSocket', 'GET /v1/stream', { 'sec-websocket-version': '7' }],
    ['a handshake without a nonce', 'GET /v1/stream', { 'sec-websocket-key': '' }],
  ])('%s: the connection ends, and is no stream', async (_, start, headers) => {
    const target = await startTarget(options)
    const connection = await connectRaw(target.url)
    connection.write(upgradeText({ ...withKey('one'), ...headers }, start))
    expect(await connection.closed).not.toContain('HTTP/1.1 101')
    await target.expectAnswer()
  })

  test.each([{}, { origin: 'http://localhost' }])('%j is none of them', async (headers) => {
    const { url } = await startTarget(options)
    const connection = await connectRaw(url)
    connection.write(upgradeText({ ...withKey('one'), ...headers }))
    await until(() => connection.received.startsWith('HTTP/1.1 101'))
  })
})

test('a request that comes after a wrong one is not answered', async () => {
  const target = await startTarget()
  const connection = await connectRaw(target.url)
  const body = JSON.stringify({ messages: MESSAGES })
  connection.write(
    `no HTTP\r\n\r\n${requestText('POST /v1/predict', { ...JSON_BODY, 'content-length': body.length }, body)}`,
  )
  const answer = await connection.closed
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1)
  expect(answer).toContain('"code":"INVALID_REQUEST"')
})
