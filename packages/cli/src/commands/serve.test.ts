import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createFakeApp } from '../test/fakeApp.js'
import type { FakeTerminal } from '../test/fakeTerminal.js'

const MODEL = fileURLToPath(new URL('../../../../fixtures/tiny/fused', import.meta.url))

/** Waits until the server says where it listens. */
async function addressOf(terminal: FakeTerminal): Promise<string> {
  for (;;) {
    const [, url] = /Listening on (\S+)/.exec(terminal.complained()) ?? []
    if (url !== undefined) return url
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

test('serves, says where each setting is from, and stops when it is told to', async () => {
  let stop: (signal: 'SIGTERM') => void = () => undefined
  const { terminal, model, loaded, run } = createFakeApp({
    environment: { TURNWISE_MAX_MESSAGES: '2', TURNWISE_MAX_SESSIONS: '100' },
    stopSignal: () => new Promise((resolve) => (stop = resolve)),
  })
  const ended = run('serve', '--port', '0', '--drain-ms', '0', '--runtime', 'onnx')
  const url = await addressOf(terminal)
  expect(terminal.complained()).toMatch(/^port +0 +flag$/m)
  expect(terminal.complained()).toMatch(/^maxMessages +2 +TURNWISE_MAX_MESSAGES$/m)
  expect(terminal.complained()).toMatch(/^host +127\.0\.0\.1 +default$/m)
  expect(terminal.complained()).toMatch(/^runtime +onnx +flag$/m)
  // Room in the queue for all that may come.
  expect(loaded).toMatchObject([{ runtime: 'onnx', maxQueuedRequests: 100 + 64 * 256 }])
  const response = await fetch(`${url}/v1/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'hello' }] }),
  })
  expect(await response.json()).toHaveProperty('action')
  stop('SIGTERM')
  expect(await ended).toBe(0)
  expect(model.isClosed).toBe(true)
  await expect(fetch(url)).rejects.toThrow()
})

test('serves the playground with the model that it was started with', async () => {
  const page = await mkdtemp(join(tmpdir(), 'turnwise-'))
  await writeFile(
    join(page, 'index.html'),
    '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">',
  )
  let stop: (signal: 'SIGINT') => void = () => undefined
  const { terminal, run } = createFakeApp({
    findPlayground: () => page,
    stopSignal: () => new Promise((resolve) => (stop = resolve)),
  })
  const ended = run('serve', '--playground', '--port', '0', '--model', MODEL)
  const url = await addressOf(terminal)
  expect(terminal.complained()).toContain(`Playground at ${url}/playground/\n`)
  expect((await fetch(`${url}/playground/`)).headers.get('content-security-policy')).toContain("default-src 'self'")
  const served = Buffer.from(await (await fetch(`${url}/playground/model/turnwise.json`)).arrayBuffer())
  expect(served).toEqual(await readFile(join(MODEL, 'turnwise.json')))
  stop('SIGINT')
  expect(await ended).toBe(0)
})

test.each([
  ['is not built', () => '/nowhere'],
  ['is not here', () => undefined],
])('a playground that %s is said to be, and how to build it', async (_, findPlayground) => {
  const { terminal, model, run } = createFakeApp({ findPlayground })
  expect(await run('serve', '--playground', '--port', '0')).toBe(1)
  expect(terminal.complained()).toMatch(/PLAYGROUND_NOT_BUILT: .*npm run build -w apps\/playground/)
  expect(model.isClosed).toBe(true)
})

test('makes a key: it goes to stderr alone, and its line never shows it', async () => {
  const { terminal, run } = createFakeApp()
  expect(await run('serve', '--new-key', 'my-agent')).toBe(0)
  expect(terminal.written()).toMatch(/^my-agent sha256:[0-9a-f]{64}\n$/)
  expect(terminal.complained()).toMatch(/^tw_[\w-]{43}\n/)
})

test.each([
  [['--port', 'x'], 'INVALID_OPTION: port (flag)'],
  [['--host', '0.0.0.0'], 'UNSAFE_ADDRESS'],
  [['--config', '/nowhere.json'], 'INPUT_UNREADABLE'],
  [['--new-key', 'a b'], 'INVALID_KEYS'],
])('refuses %j', async (commandLine, problem) => {
  const { terminal, run } = createFakeApp()
  expect(await run('serve', ...commandLine)).toBe(1)
  expect(terminal.complained()).toContain(problem)
})
