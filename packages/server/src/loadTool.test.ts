import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { measureHttp } from '../scripts/load/measureHttp.js'
import { readCommandLine } from '../scripts/load/readCommandLine.js'
import { startTarget } from './test/target.js'

function partsOf(...commandLine: string[]): string[] {
  return [...readCommandLine(commandLine).parts].sort()
}

test('parts are chosen, and bring what they need', () => {
  expect(partsOf()).toEqual(['calls', 'http', 'overload', 'streams', 'wire'])
  expect(partsOf('--parts', 'wire,streams')).toEqual(['streams', 'wire'])
  expect(partsOf('--parts', 'soak')).toEqual(['http', 'soak'])
  expect(partsOf('--soak-minutes', '2')).toEqual(['calls', 'http', 'overload', 'soak', 'streams', 'wire'])
})

test('what follows -- is for turnwise serve', () => {
  expect(readCommandLine(['--connections', '1,64', '--', '--runtime', 'onnx'])).toMatchObject({
    connections: [1, 64],
    soakMinutes: 10,
    flags: ['--runtime', 'onnx'],
  })
})

test('predictions over HTTP are counted', async () => {
  const { url } = await startTarget()
  const { answered, answeredMs, refused, failures } = await measureHttp(url, 4, 1)
  expect(answered).toBeGreaterThan(0)
  expect(answeredMs.count).toBe(answered)
  expect([refused, failures]).toEqual([0, {}])
})

test('bodies differ, and answers are counted by their codes', async () => {
  const bodies = new Set<string>()
  let count = 0
  const url = await listen(
    createHttpServer(async (request, response) => {
      bodies.add(Buffer.concat(await request.toArray()).toString())
      count += 1
      response.statusCode = [200, 503, 500][count % 3] ?? 200
      response.end(JSON.stringify({ error: { code: ['', 'OVERLOADED', 'INTERNAL'][count % 3] } }))
    }),
  )
  const { answered, answeredMs, refused, failures } = await measureHttp(url, 4, 1)
  expect(bodies.size).toBeGreaterThan(Math.min(answered, 500))
  expect(answeredMs.count).toBe(answered)
  expect(refused).toBeGreaterThan(0)
  expect(failures).toEqual({ INTERNAL: expect.any(Number) })
})

test('connections that the server ends are failures, and leave no times', async () => {
  let count = 0
  const url = await listen(
    createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', () => {
        count += 1
        if (count % 10 === 0) socket.end()
        else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')
      })
    }),
  )
  const { answered, answeredMs, failures } = await measureHttp(url, 4, 1)
  expect(answered).toBeGreaterThan(0)
  expect(answeredMs.count).toBe(0)
  expect(failures.UNANSWERED).toBeGreaterThan(0)
})

/** Until the test is finished. */
async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
