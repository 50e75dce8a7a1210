import { expect, test, vi } from 'vitest'
import { startTcpProxy } from './test/tcpProxy.js'
import { createTestClient, openSessions, startTestServer } from './test/testServer.js'

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

test('a session is closed on the server too, before that has said that it is open', async () => {
  const server = await startTestServer()
  const client = createTestClient(server.url)
  const first = client.openSession()
  await first.hear('hello')
  await client.openSession().close()
  await first.close()
  await vi.waitUntil(async () => (await openSessions(server)) === 0)
})

test('a session is closed on the server too, once a lost connection is there again', async () => {
  const server = await startTestServer()
  const proxy = await startTcpProxy(server.port)
  const client = createTestClient(proxy.url)
  const session = client.openSession()
  await session.hear('hello')
  proxy.target = undefined
  proxy.cut()
  await pause(50)
  const closed = session.close()
  await pause(100)
  expect(await openSessions(server)).toBe(1)
  proxy.target = server.port
  await closed
  await client.close()
  await vi.waitUntil(async () => (await openSessions(server)) === 0)
})

test('closing waits for no server that is gone', async () => {
  const { port } = await startTestServer()
  const proxy = await startTcpProxy(port)
  const client = createTestClient(proxy.url)
  const sessions = [client.openSession(), client.openSession()]
  await Promise.all(sessions.map((session) => session.hear('hello')))
  proxy.target = undefined
  proxy.cut()
  await pause(50)
  const startedMs = performance.now()
  await client.openSession().close()
  expect(performance.now() - startedMs).toBeLessThan(1000)
  await sessions[0]?.close()
  expect(performance.now() - startedMs).toBeLessThan(5000)
  const closed = sessions[1]?.close()
  await client.close()
  await closed
  expect(performance.now() - startedMs).toBeLessThan(5000)
})
