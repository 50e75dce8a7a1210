import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Message, TurnwiseError } from '@turnwise/core'
import { createKey, parseKeys } from '@turnwise/server'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { createClient } from './createClient.js'
import { createHeldModel } from './test/heldModel.js'
import { createTestClient, createTestDetector, startTestServer } from './test/testServer.js'

const MESSAGES: Message[] = [{ role: 'user', content: 'I was charged twice' }]

test('decides as a detector in the process does', async () => {
  const { url } = await startTestServer()
  const client = createTestClient(url)
  const detector = createTestDetector()
  expect(await client.predict(MESSAGES)).toEqual(await detector.predict(MESSAGES))
  const speaking = { agentSpeaking: true }
  expect(await client.predict(MESSAGES, speaking)).toEqual(await detector.predict(MESSAGES, speaking))
})

test('answers more conversations than a request takes, in their order', async () => {
  const { url } = await startTestServer()
  const requests = Array.from({ length: 300 }, (_, index) => ({
    messages: [{ role: 'user' as const, content: `number ${index}` }],
    agentSpeaking: index % 2 === 0,
  }))
  expect(await createTestClient(url).predictMany(requests)).toEqual(await createTestDetector().predictMany(requests))
  expect(await createTestClient(url).predictMany([])).toEqual([])
})

test('errors have the code of the server, and the request’s id beneath', async () => {
  const { url } = await startTestServer()
  await expect(createTestClient(url).predict([])).rejects.toMatchObject({
    name: 'TurnwiseError',
    code: 'NO_MESSAGES',
    problem: 'There are no messages.',
    cause: { code: 'NO_MESSAGES', requestId: expect.stringMatching(/^req-/) },
  })
})

test('a key opens, and a wrong one says so at once, for sessions too', async () => {
  const { key, line } = createKey('test')
  const server = await startTestServer({ keys: () => parseKeys(line) })
  expect(await createTestClient(server.url, { key }).predict(MESSAGES)).toHaveProperty('action')
  expect(await createTestClient(server.url, { key }).openSession().hear('hello')).toHaveProperty('waitMs')
  const wrong = createTestClient(server.url, { key: 'tw_wrong' })
  await expect(wrong.predict(MESSAGES)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  await expect(wrong.openSession().hear('hello')).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
})

test('where there is no server', async () => {
  const { url, close } = await startTestServer()
  await close(0)
  const client = createTestClient(url, { timeoutMs: 300 })
  const problem = `${new URL(url).host} could not be reached (ECONNREFUSED).`
  await expect(client.predict(MESSAGES)).rejects.toMatchObject({ code: 'REMOTE_FAILED', problem })
  await expect(client.openSession().hear('hello')).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
})

test('where fetch does not say why, as in a browser', async () => {
  // A port that it never asks.
  const asking = createTestClient('http://127.0.0.1:9').predict(MESSAGES)
  await expect(asking).rejects.toMatchObject({ code: 'REMOTE_FAILED', problem: '127.0.0.1:9 could not be reached.' })
})

test('where something else answers', async () => {
  const other = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const host = `127.0.0.1:${(other.address() as AddressInfo).port}`
  const problem = `${host} gave no answer that can be understood.`
  await expect(createTestClient(`http://${host}`).predict(MESSAGES)).rejects.toMatchObject({ problem })
})

test('waits no longer than it is told, and not for what is aborted', async () => {
  const model = createHeldModel()
  const { url } = await startTestServer({ model })
  const client = createTestClient(url, { timeoutMs: 200 })
  await expect(client.predict(MESSAGES)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
  const session = client.openSession()
  await expect(session.hear('hello')).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
  const controller = new AbortController()
  const calls = [client.predict(MESSAGES, controller), session.hear('hello you', controller)]
  controller.abort('no matter')
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'ABORTED', cause: 'no matter' })
  await expect(session.hear('hello', controller)).rejects.toMatchObject({ code: 'ABORTED' })
  model.release()
  expect(await session.hear('hello you there')).toHaveProperty('action')
})

test.each([
  ['no address', { url: 'localhost' }],
  ['another protocol', { url: 'ws://localhost' }],
  ['no time', { url: 'http://localhost', timeoutMs: 0 }],
  ['more time than a timer has', { url: 'http://localhost', timeoutMs: 2 ** 31 }],
])('refuses %s', (_, options) => {
  expect(() => createClient(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
})

test('without a WebSocket it says where to get one', async () => {
  const client = createClient({ url: 'http://127.0.0.1:9', WebSocket: undefined })
  const wait = client.openSession().hear('hello')
  if (globalThis.WebSocket === undefined) {
    await expect(wait).rejects.toSatisfy((error: TurnwiseError) => /package ws/.test(error.message))
  } else await Promise.all([client.close(), wait.catch(() => undefined)])
})

test('a path before the server’s own is kept', async () => {
  const { url } = await startTestServer()
  const client = createClient({ url: `${url}/elsewhere`, WebSocket })
  await expect(client.predict(MESSAGES)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await client.close()
  await expect(client.predict(MESSAGES)).rejects.toMatchObject({ code: 'DETECTOR_CLOSED' })
  expect(() => client.openSession()).toThrow(expect.objectContaining({ code: 'DETECTOR_CLOSED' }))
})
