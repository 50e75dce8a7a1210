import { copyFile, mkdtemp, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { fileURLToPath } from 'node:url'
import type { LanguageModel } from '@turnwise/core'
import { expect, onTestFinished, test } from 'vitest'
import { createKey } from './keys.js'
import { DEFAULT_SETTINGS, type Settings } from './settings.js'
import { startServer } from './startServer.js'
import { createFakeDetector, createHeldModel, MESSAGES } from './test/fakeServer.js'
import { until } from './test/until.js'

async function start(given: Partial<Settings> = {}, model?: LanguageModel) {
  const settings = { ...DEFAULT_SETTINGS, port: 0, ...given }
  const log: string[] = []
  const server = await startServer({
    detector: createFakeDetector(model),
    settings,
    log: { write: (line) => void log.push(line) },
    watchMs: 10,
  })
  onTestFinished(() => server.close(0))
  return { ...server, log }
}

async function temporaryFile(content: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'turnwise-')), 'file')
  await writeFile(path, content)
  return path
}

/** A certificate that is for tests only. */
function certificate(name: string): string {
  return fileURLToPath(new URL(`./test/certificates/${name}.pem`, import.meta.url))
}

/** The common name of the certificate that a server shows. */
async function shownName(url: string): Promise<string> {
  const socket = connectTls({ port: Number(new URL(url).port), host: '127.0.0.1', rejectUnauthorized: false })
  await new Promise((resolve) => socket.once('secureConnect', resolve))
  const { CN } = socket.getPeerCertificate().subject
  socket.destroy()
  return String(CN)
}

test.each(['0.0.0.0', '::', '192.0.2.1', 'example.org'])('does not listen on %s without keys', async (host) => {
  await expect(start({ host })).rejects.toMatchObject({ code: 'UNSAFE_ADDRESS' })
})

test('listens beyond this machine with keys', async () => {
  const { key, line } = createKey('agent')
  const { url } = await start({ host: '0.0.0.0', keys: line })
  const ask = (headers: Record<string, string>) => fetch(`${url.replace('0.0.0.0', '127.0.0.1')}/metrics`, { headers })
  expect((await ask({})).status).toBe(401)
  expect((await ask({ authorization: `Bearer ${key}` })).status).toBe(200)
})

test('a port that is taken is said to be', async () => {
  const { url } = await start()
  await expect(start({ port: Number(new URL(url).port) })).rejects.toMatchObject({ code: 'ADDRESS_UNUSABLE' })
})

test('the file of keys is read again when it changes, and a broken one changes nothing', async () => {
  const [old, next] = [createKey('agent'), createKey('agent')]
  const keysFile = await temporaryFile(`# keys\n${old.line}\n`)
  const { url, log } = await start({ keysFile })
  const statusOf = async (key: string) =>
    (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${key}` } })).status
  expect([await statusOf(old.key), await statusOf(next.key)]).toEqual([200, 401])
  await writeFile(keysFile, `${old.line}\n${next.line}\n`)
  await until(() => log.join('').includes('"keys":2'))
  expect([await statusOf(old.key), await statusOf(next.key)]).toEqual([200, 200])
  await writeFile(keysFile, '')
  await until(() => log.join('').includes('INVALID_KEYS'))
  expect([await statusOf(old.key), await statusOf('')]).toEqual([200, 401])
})

test('the file of secrets is read again when it changes, and a broken one changes nothing', async () => {
  const [old, next] = ['old', 'new'].map((name) => name.repeat(16))
  const resumeSecretsFile = await temporaryFile(`# secrets\n${old}\n`)
  const { url, log } = await start({ resumeSecretsFile })
  const other = await start({ resumeSecrets: `${next},${old}` })
  const post = (to: string, path: string, body: object) =>
    fetch(to + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  await post(other.url, '/v1/sessions', { id: 'call' })
  const { resume } = (await (await fetch(`${other.url}/v1/sessions/call`)).json()) as { resume: string }
  const statusOf = async () => (await post(url, '/v1/sessions', { resume })).status
  expect(await statusOf()).toBe(400)
  await writeFile(resumeSecretsFile, `${old}\n${next}\n`)
  await until(() => log.join('').includes('"resumeSecrets":2'))
  expect(await statusOf()).toBe(201)
  await writeFile(resumeSecretsFile, '')
  await until(() => log.join('').includes('INVALID_RESUME_SECRETS'))
  expect(await statusOf()).toBe(201)
  expect(log.join('')).not.toContain(old)
})

test('what a comment says of the secrets is none, whatever stands in it', async () => {
  const remark = '# Shared by all instances, and to be exchanged as docs/http.md says: every year'
  const resumeSecretsFile = await temporaryFile(remark)
  await expect(start({ resumeSecretsFile })).rejects.toMatchObject({ code: 'INVALID_RESUME_SECRETS' })
})

test('secrets that cannot be used are refused, and not shown', async () => {
  const short = 'a'.repeat(31)
  const refused = { code: 'INVALID_RESUME_SECRETS', message: expect.not.stringContaining(short) }
  await expect(start({ resumeSecrets: `${'b'.repeat(32)},${short}` })).rejects.toMatchObject(refused)
  await expect(start({ resumeSecretsFile: await temporaryFile(short) })).rejects.toMatchObject(refused)
  await expect(start({ resumeSecretsFile: await temporaryFile('# none') })).rejects.toMatchObject(refused)
  await expect(start({ resumeSecretsFile: '/nowhere' })).rejects.toMatchObject({ code: 'INPUT_UNREADABLE' })
})

test('a certificate is exchanged while the server runs', async () => {
  const [tlsCertFile, tlsKeyFile] = [await temporaryFile(''), await temporaryFile('')]
  await copyFile(certificate('first.cert'), tlsCertFile)
  await copyFile(certificate('first.key'), tlsKeyFile)
  const { url } = await start({ tlsCertFile, tlsKeyFile })
  expect(url).toMatch(/^https:/)
  expect(await shownName(url)).toContain('first')
  await copyFile(certificate('second.cert'), tlsCertFile)
  await copyFile(certificate('second.key'), tlsKeyFile)
  while (!(await shownName(url)).includes('second')) await new Promise((resolve) => setTimeout(resolve, 10))
})

test('a broken file of keys keeps neither secrets nor the certificate from being exchanged', async () => {
  const [keysFile, tlsCertFile, tlsKeyFile, resumeSecretsFile] = await Promise.all(
    [createKey('agent').line, '', '', 'old'.repeat(16)].map(temporaryFile),
  )
  await copyFile(certificate('first.cert'), tlsCertFile ?? '')
  await copyFile(certificate('first.key'), tlsKeyFile ?? '')
  const { url, log } = await start({ keysFile, tlsCertFile, tlsKeyFile, resumeSecretsFile })
  await writeFile(keysFile ?? '', '')
  await until(() => log.join('').includes('INVALID_KEYS'))
  await writeFile(resumeSecretsFile ?? '', `${'new'.repeat(16)}\n${'old'.repeat(16)}`)
  await until(() => log.join('').includes('"resumeSecrets":2'))
  await copyFile(certificate('second.cert'), tlsCertFile ?? '')
  await copyFile(certificate('second.key'), tlsKeyFile ?? '')
  while (!(await shownName(url)).includes('second')) await new Promise((resolve) => setTimeout(resolve, 10))
})

test('certificates that cannot be used are refused', async () => {
  const [tlsCertFile, tlsKeyFile] = [certificate('first.cert'), certificate('second.key')]
  await expect(start({ tlsCertFile, tlsKeyFile })).rejects.toMatchObject({ code: 'INVALID_CERTIFICATE' })
  const empty = await temporaryFile('')
  await expect(start({ tlsCertFile: empty, tlsKeyFile })).rejects.toMatchObject({ code: 'INVALID_CERTIFICATE' })
  await expect(start({ tlsCertFile })).rejects.toMatchObject({ code: 'INVALID_CERTIFICATE' })
  await expect(start({ tlsCertFile, tlsKeyFile: '/nowhere' })).rejects.toMatchObject({ code: 'INPUT_UNREADABLE' })
})

test('a request that does not arrive in time is cut off', async () => {
  const { url } = await start({ receiveMs: 100 })
  const { hostname, port } = new URL(url)
  for (const begun of [
    'GET /health/live HT',
    'POST /v1/predict HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{',
  ]) {
    const socket = connect(Number(port), hostname)
    socket.write(begun)
    await new Promise((resolve) => socket.on('close', resolve).resume())
  }
})

test('a caller that goes away is not waited for, and others are answered', async () => {
  const model = createHeldModel()
  const { url } = await start({ maxRunning: 1 }, model)
  const ask = (signal?: AbortSignal) =>
    fetch(`${url}/v1/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages: MESSAGES }),
      ...(signal === undefined ? {} : { signal }),
    })
  const first = ask()
  await until(() => model.held === 1)
  const leaving = new AbortController()
  const left = ask(leaving.signal).catch(() => 'left')
  const third = ask()
  await new Promise((resolve) => setTimeout(resolve, 50))
  leaving.abort()
  expect(await left).toBe('left')
  await new Promise((resolve) => setTimeout(resolve, 50))
  model.releaseOne()
  await until(() => model.held === 1)
  model.releaseOne()
  expect([(await first).status, (await third).status]).toEqual([200, 200])
})
