import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createFakeServer, createHeldModel } from '../test/fakeServer.js'
import { openStream } from '../test/testStream.js'
import { until } from '../test/until.js'

const open = (session: string) => ({ type: 'open', session })
const hear = (session: string, seq: number, text: string) => ({ type: 'hear', session, seq, text })

test('a stream is not read on while it waits for too much', async () => {
  const model = createHeldModel()
  const { app } = await createFakeServer({ model, settings: { maxPending: 2 } })
  const url = (await app.listen({ port: 0 })).replace('http', 'ws')
  const socket = new WebSocket(`${url}/v1/stream`)
  await once(socket, 'open')
  const names = Array.from({ length: 6 }, (_, index) => `s${index}`)
  for (const name of names) {
    socket.send(JSON.stringify(open(name)))
    await new Promise((resolve) => setTimeout(resolve, 5))
    socket.send(JSON.stringify(hear(name, 1, 'hello')))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  let decisions = 0
  socket.on('message', (data) => {
    if (JSON.parse(data.toString()).type === 'decision') decisions += 1
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(model.held).toBeLessThan(names.length)
  model.release()
  await until(() => decisions === names.length)
  socket.terminate()
})

test('a caller that answers nothing any more is let go', async () => {
  const { app } = await createFakeServer({ settings: { heartbeatMs: 20 } })
  const url = (await app.listen({ port: 0 })).replace('http', 'ws')
  const [deaf, alive] = [{ autoPong: false }, {}].map((options) => new WebSocket(`${url}/v1/stream`, options))
  await Promise.all([deaf, alive].map((socket) => socket && once(socket, 'open')))
  await until(() => deaf?.readyState === WebSocket.CLOSED)
  expect(alive?.readyState).toBe(WebSocket.OPEN)
  alive?.terminate()
})

test('a caller that reads slowly stays, and one that reads nothing is let go', async () => {
  const { app } = await createFakeServer({ settings: { heartbeatMs: 400 } })
  const url = (await app.listen({ port: 0 })).replace('http', 'ws')
  const messages = [{ role: 'user', content: 'I was charged '.repeat(60_000) }]
  const count = 20
  const [slow, stuck] = await Promise.all(
    ['slow', 'stuck'].map(async (session) => {
      const socket = new WebSocket(`${url}/v1/stream`)
      await once(socket, 'open')
      socket.send(JSON.stringify({ ...open(session), messages }))
      await once(socket, 'message')
      for (let index = 0; index < count; index += 1) socket.send(JSON.stringify({ type: 'save', session }))
      return socket
    }),
  )
  stuck?.pause()
  let read = 0
  slow?.on('message', () => {
    read += 1
    slow.pause()
    setTimeout(() => slow.resume(), 100)
  })
  await until(() => read === count || slow?.readyState !== WebSocket.OPEN)
  expect(read).toBe(count)
  while (!(await app.inject('/metrics')).body.includes('turnwise_streams_open 1'))
    await new Promise((resolve) => setTimeout(resolve, 10))
  slow?.terminate()
  stuck?.terminate()
})

test('a stream ends when its key is taken away', async () => {
  let keys = ['one', 'two'].map((name) => ({ name, hash: createHash('sha256').update(name).digest() }))
  const { app } = await createFakeServer({ keys: () => keys, settings: { heartbeatMs: 20 } })
  const [one, two] = await Promise.all(['one', 'two'].map((key) => openStream(app, { authorization: `Bearer ${key}` })))
  keys = keys.slice(1)
  expect(await one?.closed).toBe(1008)
  two?.send({ type: 'ping' })
  expect(await two?.take(1)).toEqual([{ type: 'pong' }])
})
