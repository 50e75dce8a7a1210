import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { findBundledModel } from './bundledModel.js'
import { tinyModel } from './test/fixtures.js'
import { temporaryFolder } from './test/temporaryFolder.js'
import { verifyModel } from './verifyModel.js'

const unreadable = vi.hoisted(() => new Set<string>())
// Permissions do not bind root, as whom tests may run.
vi.mock('./hashFiles.js', async (importOriginal) => {
  const { hashFiles } = await importOriginal<typeof import('./hashFiles.js')>()
  return {
    async hashFiles(jobs: Parameters<typeof hashFiles>[0]) {
      if (jobs.some(({ path }) => unreadable.has(path))) throw Object.assign(new Error('no'), { code: 'EACCES' })
      return hashFiles(jobs)
    },
  }
})

test('finds nothing wrong with a model that is as it was made', async () => {
  const { files, manifest } = await verifyModel(tinyModel('fused'))
  expect(files.map(({ name, error }) => [name, error])).toEqual(
    Object.keys(manifest.files).map((name) => [name, undefined]),
  )
  expect(files).toHaveLength(3)
})

test('reports each file that is wrong', async () => {
  const folder = await temporaryFolder()
  await cp(tinyModel('fused'), folder, { recursive: true })
  await rm(join(folder, 'tokenizer.json'))
  await truncate(join(folder, 'model.onnx'), 10)
  const { files } = await verifyModel(folder)
  expect(Object.fromEntries(files.map(({ name, error }) => [name, error?.code]))).toEqual({
    'model.onnx': 'MODEL_FILE_TRUNCATED',
    'tokenizer.json': 'MODEL_FILE_MISSING',
    'config.json': undefined,
  })
  await writeFile(
    join(folder, 'config.json'),
    'x'.repeat(files.find(({ name }) => name === 'config.json')?.sizeBytes ?? 0),
  )
  const again = await verifyModel(folder)
  expect(again.files.find(({ name }) => name === 'config.json')?.error).toMatchObject({ code: 'MODEL_FILE_TAMPERED' })
})

test('a file that cannot be read is said to be so, and the others are looked at', async () => {
  const folder = await temporaryFolder()
  await cp(tinyModel('fused'), folder, { recursive: true })
  unreadable.add(join(folder, 'model.onnx'))
  const { files } = await verifyModel(folder)
  expect(files.map(({ error }) => error)).toMatchObject([
    { code: 'MODEL_FILE_MISSING', problem: expect.stringContaining('cannot be read'), cause: { code: 'EACCES' } },
    undefined,
    undefined,
  ])
})

test('the package of the bundled model has each file that its manifest lists', async () => {
  const path = findBundledModel()
  const { manifest } = await verifyModel(path)
  const { files } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as { files: string[] }
  expect(files).toEqual(expect.arrayContaining(Object.keys(manifest.files)))
})

test('has nothing to compare a model without turnwise.json with', async () => {
  expect((await verifyModel(tinyModel('qwen2'))).files).toEqual([])
})
