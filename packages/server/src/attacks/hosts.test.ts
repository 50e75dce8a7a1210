import { describe, expect, test } from 'vitest'
import { connectRaw, requestText, upgradeText } from '../test/rawConnection.js'
import { KEYS, startTarget, withKey } from '../test/target.js'
import { until } from '../test/until.js'

/** What a page asks for whose name has been made to lead to this machine: to its browser it is of the same origin. */
const REBOUND = 'rebound.example'

/** The status of the answer to a request that names a host, and what the answer says. */
async function askRaw(
  url: string,
  text: string,
): Promise<readonly [status: string | undefined, code: string | undefined]> {
  const connection = await connectRaw(url)
  connection.write(text)
  await until(() => /\r\n\r\n./s.test(connection.received) || connection.received.startsWith('HTTP/1.1 101'))
  const [, status] = /^HTTP\/1\.1 (\d+)/.exec(connection.received) ?? []
  return [status, /"code":"(\w+)"/.exec(connection.received)?.[1]]
}

const get = (host: string, path = '/health/ready') => requestText(`GET ${path}`, { host })
const upgrade = (host: string, headers = {}) => upgradeText({ host, ...headers })

describe('without keys a page that was made to lead here', () => {
  test.each(['/v1/sessions/a', '/health/ready', '/metrics', '/docs', '/openapi.json', '/playground/', '/nowhere'])(
    'gets nothing of %s',
    async (path) => {
      const { url } = await startTarget()
      expect(await askRaw(url, get(`${REBOUND}:${new URL(url).port}`, path))).toEqual(['421', 'HOST_REFUSED'])
    },
  )

  test('asks for no decision, also not by a preflight', async () => {
    const { url } = await startTarget({ settings: { corsOrigins: ['*'] } })
    for (const start of ['POST /v1/predict', 'OPTIONS /v1/predict']) {
      const headers = { host: REBOUND, origin: `http://${REBOUND}`, 'access-control-request-method': 'POST' }
      const text = requestText(start, { ...headers, 'content-type': 'application/json', 'content-length': 2 }, '{}')
      expect(await askRaw(url, text)).toEqual(['421', 'HOST_REFUSED'])
    }
  })

  test('opens no stream, and its connection is ended', async () => {
    const { url } = await startTarget()
    const connection = await connectRaw(url)
    connection.write(upgrade(REBOUND, { origin: `http://${REBOUND}` }))
    expect(await connection.closed).toMatch(/^HTTP\/1\.1 421 .*"HOST_REFUSED"/s)
  })
})

test.each([
  'localhost.rebound.example',
  '127.0.0.1.rebound.example',
  'localhost@rebound.example',
  '127.0.0.1@rebound.example:80',
  '[::1].rebound.example',
  'rebound.example:127.0.0.1',
  '10.0.0.1',
  '0.0.0.0',
  '128.0.0.1',
  '[::2]',
  '127.0.0.1, rebound.example',
])('%s is not this machine', async (host) => {
  const { url } = await startTarget()
  expect(await askRaw(url, get(host))).toEqual(['421', 'HOST_REFUSED'])
  expect(await askRaw(url, upgrade(host))).toEqual(['421', 'HOST_REFUSED'])
})

test.each(['localhost', 'LocalHost:8080', '127.0.0.1', '127.1.2.3:80', '[::1]', '[::1]:8080'])(
  '%s is this machine',
  async (host) => {
    const { url } = await startTarget()
    expect(await askRaw(url, get(host))).toEqual(['200', undefined])
    expect(await askRaw(url, upgrade(host))).toEqual(['101', undefined])
  },
)

test('names that the settings say are answered to as well, and no others', async () => {
  const { url } = await startTarget({ settings: { allowedHosts: ['turnwise.example'] } })
  for (const host of ['turnwise.example', 'Turnwise.Example:8443', 'localhost']) {
    expect(await askRaw(url, get(host))).toEqual(['200', undefined])
    expect(await askRaw(url, upgrade(host))).toEqual(['101', undefined])
  }
  for (const host of ['other.turnwise.example', 'example', REBOUND]) {
    expect(await askRaw(url, get(host))).toEqual(['421', 'HOST_REFUSED'])
    expect(await askRaw(url, upgrade(host))).toEqual(['421', 'HOST_REFUSED'])
  }
})

test('the address that it listens on is a name of it, of IPv6 too', async () => {
  const { url } = await startTarget({ settings: { host: 'FD00::1', allowedHosts: ['fd00::2'] } })
  for (const host of ['[fd00::1]', '[fd00::1]:8080', '[FD00::2]:80']) {
    expect(await askRaw(url, get(host))).toEqual(['200', undefined])
  }
  expect(await askRaw(url, get('[fd00::3]'))).toEqual(['421', 'HOST_REFUSED'])
})

test('with keys, which no such page has, names are looked at only if the settings say some', async () => {
  const options = { keys: () => KEYS }
  const { url } = await startTarget(options)
  expect(await askRaw(url, get('any.example'))).toEqual(['200', undefined])
  expect(await askRaw(url, upgrade('any.example', withKey('one')))).toEqual(['101', undefined])
  const named = await startTarget({ ...options, settings: { allowedHosts: ['turnwise.example'] } })
  expect(await askRaw(named.url, get('any.example'))).toEqual(['421', 'HOST_REFUSED'])
})

test('who is no browser may name no host at all', async () => {
  const { url } = await startTarget()
  const connection = await connectRaw(url)
  connection.write('GET /health/ready HTTP/1.0\r\n\r\n')
  expect(await connection.closed).toMatch(/^HTTP\/1\.1 200 /)
})
