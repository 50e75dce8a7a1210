import { mkdir, mkdtemp, truncate, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createDetector } from '@turnwise/core'
import { createFakeModel, createFakeTokenizer, FAKE_MANIFEST } from '@turnwise/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { createKey, parseKeys } from '../keys.js'
import { createFakeServer } from '../test/fakeServer.js'

const POLICY = "default-src 'none'; script-src 'self'"
const PAGE = `<!doctype html>
<meta charset="utf-8" />
<meta
  http-equiv="Content-Security-Policy"
  content="${POLICY}"
/>`

async function createFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'turnwise-'))
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  return folder
}

function createPage(): Promise<string> {
  return createFolder({
    'index.html': PAGE,
    'serviceWorker.js': 'worker',
    'assets/index-7b.js': 'script',
    'assets/ort.wasm': 'wasm',
    'model/turnwise.json': 'of the build',
    'model/other.onnx': 'of the build',
  })
}

function createModel(): Promise<string> {
  const files = { 'turnwise.json': '{}', 'tokenizer.json': '{}', 'model.onnx': 'graph', 'private.txt': 'private' }
  return createFolder(files)
}

async function setUp() {
  const playground = { pageFolder: await createPage(), modelFolder: await createModel() }
  const keys = parseKeys(createKey('agent').line)
  const { app } = await createFakeServer({ playground, keys: () => keys })
  return { app, get: (url: string, headers = {}) => app.inject({ url, headers }) }
}

test('serves the page and the loaded model, without a key', async () => {
  const { get } = await setUp()
  const found = await Promise.all(
    ['', 'index.html', 'serviceWorker.js', 'assets/index-7b.js', 'assets/ort.wasm', 'model/turnwise.json'].map((path) =>
      get(`/playground/${path}`),
    ),
  )
  expect(found.map(({ statusCode, headers, body }) => [statusCode, headers['content-type'], body])).toEqual([
    [200, 'text/html; charset=utf-8', PAGE],
    [200, 'text/html; charset=utf-8', PAGE],
    [200, expect.stringContaining('javascript'), 'worker'],
    [200, expect.stringContaining('javascript'), 'script'],
    [200, 'application/wasm', 'wasm'],
    [200, expect.stringContaining('application/json'), '{}'],
  ])
  expect((await get('/playground/model/model.onnx')).body).toBe('graph')
  const { statusCode, headers } = await get('/playground')
  expect([statusCode, headers.location]).toEqual([302, 'playground/'])
})

test('serves the weights beside a graph', async () => {
  const modelFolder = await createModel()
  await writeFile(join(modelFolder, 'table.bin'), 'table')
  const onnx = { ...FAKE_MANIFEST.onnx, dataFiles: ['table.bin'] }
  const detector = createDetector(createFakeModel(), createFakeTokenizer(), { ...FAKE_MANIFEST, onnx })
  const { app } = await createFakeServer({ playground: { pageFolder: await createPage(), modelFolder }, detector })
  expect((await app.inject({ url: '/playground/model/table.bin' })).body).toBe('table')
})

test('every file comes with the policy of the page, may not be framed, and is isolated', async () => {
  const { get } = await setUp()
  for (const path of ['', 'serviceWorker.js', 'model/turnwise.json']) {
    expect((await get(`/playground/${path}`)).headers).toMatchObject({
      'content-security-policy': `${POLICY}; frame-ancestors 'none'`,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'x-content-type-options': 'nosniff',
    })
  }
})

test('no other file is there, and nothing else has become open', async () => {
  const { get } = await setUp()
  for (const path of [
    'model/private.txt',
    'model/other.onnx',
    'model/',
    'assets/',
    '..%2fprivate.txt',
    'model/..%2findex.html',
    '%2e%2e/metrics',
  ]) {
    expect([path, (await get(`/playground/${path}`)).statusCode]).toEqual([path, 401])
  }
  expect((await get('/metrics')).statusCode).toBe(401)
})

test('what a browser has it is not sent again', async () => {
  const { get } = await setUp()
  const { headers } = await get('/playground/assets/index-7b.js')
  expect((await get('/playground/assets/index-7b.js', { 'if-none-match': headers.etag })).statusCode).toBe(304)
})

test('a download that is not read does not hold up the stopping', async () => {
  const playground = { pageFolder: await createPage(), modelFolder: await createModel() }
  await truncate(join(playground.modelFolder, 'model.onnx'), 2 ** 26)
  const { app, close } = await createFakeServer({ playground })
  const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }))
  const socket = connect(Number(port), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.write('GET /playground/model/model.onnx HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await new Promise((resolve) => socket.once('readable', resolve))
  await close(0)
})

test.each([
  ['a page that is not built', () => createFolder({}), createModel, 'PLAYGROUND_NOT_BUILT'],
  [
    'a page without a policy',
    () => createFolder({ 'index.html': '<!doctype html>' }),
    createModel,
    'PLAYGROUND_NOT_BUILT',
  ],
  ['a model of the published form', createPage, () => createFolder({ 'tokenizer.json': '{}' }), 'MODEL_FILE_MISSING'],
])('refuses %s', async (_, makePage, makeModel, code) => {
  const playground = { pageFolder: await makePage(), modelFolder: await makeModel() }
  await expect(createFakeServer({ playground })).rejects.toMatchObject({ code })
})

test('without the setting there is no playground', async () => {
  const { app } = await createFakeServer()
  expect((await app.inject('/playground/')).statusCode).toBe(404)
})
