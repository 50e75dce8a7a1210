import { appendFile, cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFakeApp } from '../test/fakeApp.js'

const FIXTURES = fileURLToPath(new URL('../../../../fixtures/tiny/', import.meta.url))

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turnwise-'))
  await cp(join(FIXTURES, 'fused'), folder, { recursive: true })
})

afterEach(() => rm(folder, { recursive: true }))

async function model(...commandLine: string[]) {
  const { run, terminal } = createFakeApp({ environment: { TURNWISE_MODEL: folder } })
  const exitCode = await run('model', ...commandLine)
  return { exitCode, written: terminal.written(), complained: terminal.complained() }
}

test('verify marks each file', async () => {
  expect(await model('verify')).toMatchObject({ exitCode: 0, complained: '' })
  await appendFile(join(folder, 'config.json'), ' ')
  await rm(join(folder, 'tokenizer.json'))
  const { exitCode, written } = await model('verify', folder)
  expect(exitCode).toBe(1)
  expect(written).toMatch(/^✓ model\.onnx {6}199 kB, SHA-256 [0-9a-f]{16}…$/m)
  expect(written).toMatch(/^✗ tokenizer\.json {2}MODEL_FILE_MISSING: /m)
  expect(written).toMatch(/^✗ config\.json {5}MODEL_FILE_TRUNCATED: /m)
  expect(written).toContain('2 of 3 files are wrong.')
})

test('verify says that a model of the published form has no checksums', async () => {
  const { exitCode, written } = await model('verify', join(FIXTURES, 'published'))
  expect(exitCode).toBe(0)
  expect(written).toContain('no checksums to compare with')
})

test('inspect shows what is known', async () => {
  const { exitCode, written } = await model('inspect')
  expect(exitCode).toBe(0)
  for (const text of ['turnwise-tiny 0.0.0', 'Apache-2.0', '2, each 2 key/value heads of size 16', 'random weights']) {
    expect(written).toContain(text)
  }
  expect(written).toMatch(/^ {2}start_speaking +320$/m)
  expect(written).toMatch(/^ {2}state of a prefix +512 bytes a token$/m)
  expect(written).toMatch(/^ {2}model\.onnx +199 kB$/m)
  expect((await model('inspect', join(FIXTURES, 'published'))).written).toContain('(no turnwise.json)')
})

test('inspect as JSON', async () => {
  const { written } = await model('inspect', '--json')
  expect(JSON.parse(written)).toMatchObject({
    path: folder,
    manifest: { name: 'turnwise-tiny' },
    files: expect.arrayContaining([{ name: 'model.onnx', sizeBytes: 199_465 }]),
  })
})

test('inspect shows a link that leads nowhere as such', async () => {
  await symlink(join(folder, 'nowhere'), join(folder, 'notes.txt'))
  const { exitCode, written } = await model('inspect')
  expect(exitCode).toBe(0)
  expect(written).toMatch(/^ {2}notes\.txt +cannot be read$/m)
  const { files } = JSON.parse((await model('inspect', '--json')).written)
  expect(files).toContainEqual({ name: 'notes.txt' })
})

test('pull wants a hub id', async () => {
  const { exitCode, complained } = await model('pull', 'no id')
  expect(exitCode).toBe(1)
  expect(complained).toMatch(/^error INVALID_OPTION: /)
})
