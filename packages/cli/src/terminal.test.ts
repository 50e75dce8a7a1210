import { Writable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { columnsOf, OutputClosedError, write } from './terminal.js'

test('write waits until the text is taken', async () => {
  let take = () => {}
  const stream = new Writable({
    write(_chunk, _encoding, callback) {
      take = callback
    },
  })
  let isWritten = false
  const written = write(stream, 'hello').then(() => {
    isWritten = true
  })
  await nextTurn()
  expect(isWritten).toBe(false)
  take()
  await written
})

test.each(['EPIPE', 'ERR_STREAM_DESTROYED'])('%s means that the reader has gone', async (code) => {
  const error = Object.assign(new Error('gone'), { code })
  const stream = new Writable({ write: (_chunk, _encoding, callback) => callback(error) }).on('error', () => {})
  await expect(write(stream, 'hello')).rejects.toBeInstanceOf(OutputClosedError)
})

test('another failure stays one', async () => {
  const stream = new Writable({ write: (_chunk, _encoding, callback) => callback(new Error('full')) })
  await expect(
    write(
      stream.on('error', () => {}),
      'hello',
    ),
  ).rejects.toThrow('full')
})

test('the width is that of a terminal, or the usual one', () => {
  const stream = (properties: object) => Object.assign(new Writable(), properties)
  expect(columnsOf(stream({ isTTY: true, columns: 120 }))).toBe(120)
  expect(columnsOf(stream({ isTTY: true, columns: 0 }))).toBe(80)
  expect(columnsOf(stream({}))).toBe(80)
})
