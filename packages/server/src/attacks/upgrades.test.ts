import { describe, expect, test } from 'vitest'
import { MESSAGES } from '../test/fakeServer.js'
import { connectRaw, H2C, openRawStream, type RawConnection, requestText, upgradeText } from '../test/rawConnection.js'
import { CANARY, JSON_BODY, KEYS, startTarget, withKey } from '../test/target.js'
import { until } from '../test/until.js'

const BODY = JSON.stringify({ messages: MESSAGES })
const CHUNKED_BODY = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`
const KNOWN = { keys: () => KEYS }

function post(headers: Record<string, string | number>, body = ''): string {
  return requestText('POST /v1/predict', { ...JSON_BODY, ...withKey('one'), ...H2C, ...headers }, body)
}

const POST = post({ 'content-length': BODY.length }, BODY)

function statusesOf({ received }: RawConnection): string[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status)
}

describe('who asks for another protocol is answered in HTTP/1.1', () => {
  test.each([
    ['a body', POST],
    ['a body in chunks', post({ 'transfer-encoding': 'chunked' }, CHUNKED_BODY)],
    ['a list of protocols', post({ upgrade: 'h2c, websocket', 'content-length': BODY.length }, BODY)],
    ['an unknown protocol', post({ upgrade: CANARY, 'content-length': BODY.length }, BODY)],
  ])('%s, again and again on one connection, and then WebSocket', async (_, text) => {
    const target = await startTarget(KNOWN)
    const connection = await connectRaw(target.url)
    for (let count = 1; count <= 3; count += 1) {
      connection.write(text)
      await until(() => connection.received.match(/"action"/g)?.length === count)
    }
    connection.write(requestText('GET /health/live', H2C))
    await until(() => connection.received.includes('"live"'))
    expect(statusesOf(connection)).toEqual(['200', '200', '200', '200'])
    connection.write(upgradeText(withKey('one')))
    await until(() => connection.received.includes('HTTP/1.1 101'))
  })

  test('a head and a body that come in pieces', async () => {
    const target = await startTarget(KNOWN)
    const connection = await connectRaw(target.url)
    for (const piece of POST.match(/.{1,50}/gs) ?? []) {
      connection.write(piece)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await until(() => connection.received.includes('"action"'))
    expect(statusesOf(connection)).toEqual(['200'])
  })

  test('at the stream too, where only WebSocket is spoken', async () => {
    const target = await startTarget(KNOWN)
    const connection = await connectRaw(target.url)
    connection.write(upgradeText({ ...withKey('one'), ...H2C }))
    await until(() => connection.received.includes('"INVALID_REQUEST"'))
    expect(statusesOf(connection)).toEqual(['400'])
  })
})

test('a stream speaks WebSocket as before', async () => {
  const target = await startTarget(KNOWN)
  const { received } = await openRawStream(target.url, { ...withKey('one'), upgrade: 'WebSocket' })
  expect(received).toContain('HTTP/1.1 101')
})

test('limits are those of every request', async () => {
  const target = await startTarget({ ...KNOWN, settings: { maxBodyBytes: 2000 } })
  for (const [text, code] of [
    [post({ authorization: 'Bearer wrong', 'content-length': BODY.length }, BODY), 'UNAUTHORIZED'],
    [post({ 'content-length': 4000 }, CANARY), 'REQUEST_TOO_LARGE'],
    [post({ 'x-long': CANARY.repeat(3000) }), 'REQUEST_TOO_LARGE'],
  ] as const) {
    const connection = await connectRaw(target.url)
    connection.write(text)
    await until(() => connection.received.includes(`"code":"${code}"`))
  }
  await target.expectAnswer()
})

test('who is refused before it has sent its body has to connect again: what follows may be lost', async () => {
  const target = await startTarget(KNOWN)
  const connection = await connectRaw(target.url)
  connection.write(post({ authorization: 'Bearer wrong', 'content-length': BODY.length }))
  expect((await connection.closed).toLowerCase()).toContain('\r\nconnection: close\r\n')
})

describe('requests inside of such requests', () => {
  const hidden = requestText('GET /health/live')
  const chunked = `0\r\n\r\n${hidden}`
  const many = Object.fromEntries(Array.from({ length: 1200 }, (_, index) => [index.toString(36), '']))
  test.each([
    ['two ends of a body', post({ 'content-length': chunked.length, 'transfer-encoding': 'chunked' }, chunked), '400'],
    ['a coding that looks like chunked', post({ 'transfer-encoding': 'xchunked' }, chunked), '400'],
    [
      'a length among the names of the connection',
      post({ connection: 'Upgrade, content-length', 'content-length': hidden.length }, hidden),
      '400',
    ],
    ['a length behind more headers than Node shows', post({ ...many, 'content-length': hidden.length }, hidden), '400'],
    ['a line break in the protocol', post({ upgrade: `h2c\n\n${hidden}`, 'content-length': 0 }), '400'],
    ['HTTP/2 at once', post({ 'content-length': 2 }, '{}PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), '400'],
  ])('%s', async (_, text, status) => {
    const target = await startTarget(KNOWN)
    const connection = await connectRaw(target.url)
    connection.write(text)
    await until(() => connection.received.includes('HTTP/1.1'))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(statusesOf(connection)).toEqual([status])
    expect(connection.received).not.toContain('"live"')
    await target.expectAnswer()
  })
})
