import { describe, expect, test } from 'vitest'
import {
  closeCodeOf,
  connectRaw,
  frame,
  openRawStream,
  PING,
  type RawConnection,
  upgradeText,
} from '../test/rawConnection.js'
import { CANARY, startTarget, type Target } from '../test/target.js'
import { until } from '../test/until.js'

const MEBIBYTE = 2 ** 20
/** Bits of a frame's first byte: all but the last of a message, compressed, and what kind it is. */
const [BEGINNING, MIDDLE, COMPRESSED, BINARY, RESERVED_BIT, UNKNOWN_KIND] = [0x01, 0x00, 0xc1, 0x82, 0x91, 0x83]

const words = JSON.stringify({ type: 'hear', session: CANARY, seq: 1, text: CANARY })
const NOT_UTF8 = Buffer.from([0x22, 0xc3, 0x28, 0xff, 0x22])

describe('frames that WebSocket does not allow end the stream', () => {
  test.each([
    ['without a mask', frame(words, { isMasked: false }), 1002],
    ['compressed, without having agreed on it', frame(words, { head: COMPRESSED }), 1002],
    ['with a reserved bit', frame(words, { head: RESERVED_BIT }), 1002],
    ['of an unknown kind', frame(words, { head: UNKNOWN_KIND }), 1002],
    ['that go on where nothing began', frame(words, { head: MIDDLE }), 1002],
    ['that begin where another has not ended', Buffer.concat(Array(2).fill(frame(words, { head: BEGINNING }))), 1002],
    ['a ping in parts', frame(words, { head: PING & 0x7f }), 1002],
    ['a ping that is long', frame('a'.repeat(126), { head: PING }), 1002],
    ['larger than may be', frame('a'.repeat(10_001)), 1009],
    ['that say so and send nothing', frame('', { claimedLength: 10_001n }), 1009],
    ['longer than any memory', frame('', { claimedLength: 2n ** 62n }), 1009],
    [
      'together larger than may be',
      Buffer.concat([frame('a'.repeat(9000), { head: BEGINNING }), frame('a'.repeat(9000), { head: MIDDLE })]),
      1009,
    ],
    ['no UTF-8', frame(NOT_UTF8), 1007],
    [
      'a character in two halves that do not fit',
      Buffer.concat([frame(NOT_UTF8.subarray(0, 2), { head: BEGINNING }), frame(NOT_UTF8, { head: 0x80 })]),
      1007,
    ],
    ['no frame at all', Buffer.from(upgradeText()), 1002],
  ])('%s', async (_, bytes, code) => {
    const target = await startTarget({ settings: { maxBodyBytes: 10_000 } })
    const stream = await openRawStream(target.url)
    stream.write(bytes)
    await until(() => closeCodeOf(stream.received) !== undefined)
    expect(closeCodeOf(stream.received)).toBe(code)
    await target.expectAnswer()
  })
})

describe('what is no message is answered, and the stream goes on', () => {
  const deep = '['.repeat(200_000)
  test.each([
    ['bytes', frame(NOT_UTF8, { head: BINARY }), 'INVALID_REQUEST'],
    ['nothing', frame(''), 'INVALID_JSON'],
    ['half a message', frame(words.slice(0, -9)), 'INVALID_JSON'],
    ['numbers that are none', frame('{"type":"userSilent","session":"a","seq":NaN}'), 'INVALID_JSON'],
    ['lists in lists, unfinished', frame(deep), 'INVALID_JSON'],
    ['lists in lists', frame(deep + ']'.repeat(200_000)), 'INVALID_REQUEST'],
    ['objects in objects', frame(`${'{"type":'.repeat(50_000)}0${'}'.repeat(50_000)}`), 'INVALID_REQUEST'],
    ['a number larger than any', frame('{"type":"hear","session":"a","seq":1e999,"text":""}'), 'INVALID_REQUEST'],
    ['a prototype', frame('{"__proto__":{"type":"ping"}}'), 'INVALID_REQUEST'],
    ['a type that every object has', frame('{"type":"constructor"}'), 'INVALID_REQUEST'],
    ['a session that every object has', frame('{"type":"save","session":"__proto__"}'), 'SESSION_NOT_FOUND'],
  ])('%s', async (_, bytes, code) => {
    const target = await startTarget()
    const stream = await openRawStream(target.url)
    stream.write(bytes)
    await until(() => stream.received.includes(`"code":"${code}"`))
    stream.write(frame('{"type":"ping"}'))
    await until(() => stream.received.includes('{"type":"pong"}'))
    await target.expectAnswer()
  })
})

describe('floods', () => {
  /** How much the memory of the process grows while a stream is flooded and does not read, MiB. */
  async function growth(target: Target, stream: RawConnection, flood: Buffer, times: number): Promise<number> {
    stream.socket.pause()
    const before = process.memoryUsage().rss
    let most = before
    for (let index = 0; index < times && !stream.socket.destroyed; index += 1) {
      // What the server does not read stays in this process, and would count as its memory.
      if (stream.socket.writableLength < MEBIBYTE) stream.write(flood)
      await new Promise((resolve) => setTimeout(resolve, 1))
      most = Math.max(most, process.memoryUsage().rss)
    }
    await target.expectAnswer()
    return (most - before) / MEBIBYTE
  }

  function repeat(bytes: Buffer, count: number): Buffer {
    return Buffer.concat(Array.from({ length: count }, () => bytes))
  }

  test('who has something large sent again and again, and does not read it, is not read from', async () => {
    const target = await startTarget()
    const stream = await openRawStream(target.url)
    const messages = [{ role: 'user', content: CANARY.repeat(80_000) }]
    stream.write(frame(JSON.stringify({ type: 'open', session: 'a', messages })))
    await until(() => stream.received.includes('"opened"'))
    const save = frame('{"type":"save","session":"a"}')
    expect(await growth(target, stream, repeat(save, 1000), 100)).toBeLessThan(100)
    // Who then does read gets all that it has asked for.
    stream.socket.resume()
    await until(() => stream.received.length > 20 * MEBIBYTE)
  })

  test('messages that are answered by errors', async () => {
    const target = await startTarget()
    const stream = await openRawStream(target.url)
    expect(await growth(target, stream, repeat(frame(words), 1000), 300)).toBeLessThan(100)
  })

  test('pings', async () => {
    const target = await startTarget()
    const stream = await openRawStream(target.url)
    const ping = frame(CANARY.repeat(12), { head: PING })
    expect(await growth(target, stream, repeat(ping, 1000), 1000)).toBeLessThan(100)
  })

  test('a message in very many parts', async () => {
    const target = await startTarget()
    const stream = await openRawStream(target.url)
    stream.write(frame('"', { head: BEGINNING }))
    expect(await growth(target, stream, repeat(frame('a', { head: MIDDLE }), 5000), 200)).toBeLessThan(100)
    stream.socket.resume()
    await until(() => closeCodeOf(stream.received) === 1008)
  })

  test('streams that are opened and left', async () => {
    const target = await startTarget({ settings: { heartbeatMs: 50 } })
    for (let index = 0; index < 300; index += 1) {
      const connection = await connectRaw(target.url)
      connection.write(upgradeText())
      if (index % 2 === 0) connection.socket.resetAndDestroy()
    }
    const openStreams = async () =>
      /turnwise_streams_open (\d+)/.exec(await (await fetch(`${target.url}/metrics`)).text())?.[1]
    // The others are there, and answer no heartbeat.
    while ((await openStreams()) !== '0') await new Promise((resolve) => setTimeout(resolve, 20))
    await target.expectAnswer()
  })
})
