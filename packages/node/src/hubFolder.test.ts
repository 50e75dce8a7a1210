import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { findHubModel, pullHubModel } from './hubModel.js'
import { type LoadOptions, resolveLoadOptions } from './loadOptions.js'
import { tinyModel } from './test/fixtures.js'
import { COMMIT, type HubServer, startHubServer } from './test/hubServer.js'
import { temporaryFolder } from './test/temporaryFolder.js'

const id = { kind: 'models', owner: 'owner', name: 'name', revision: 'main' } as const
const ONNX = 'onnx/model_q8.onnx'
/** Impatient, for tests. */
const patience = { maxAttempts: 3, retryDelayMs: 5, longestPauseMs: 2_000, stallTimeoutMs: 200 }

let hub: HubServer
let cacheDir: string

beforeEach(async () => {
  hub = await startHubServer(tinyModel('published'))
  onTestFinished(() => hub.close())
  cacheDir = await temporaryFolder()
})

function options(more: LoadOptions = {}) {
  return resolveLoadOptions({ hubEndpoint: `${hub.endpoint}/`, cacheDir, ...more }, {})
}

function pull(): Promise<string> {
  return pullHubModel(id, options(), patience)
}

/** That a file is what the hub has. */
async function expectRight(path: string, name: string): Promise<void> {
  const expected = await readFile(join(tinyModel('published'), name))
  expect((await readFile(join(path, name))).equals(expected)).toBe(true)
}

test.each([ONNX, 'config.json'])(
  'what was damaged in the cache is downloaded again, and nothing else: %s',
  async (name) => {
    const path = await pull()
    const content = await readFile(join(path, name))
    await writeFile(join(path, name), Buffer.alloc(content.length, 7))
    hub.downloads.length = 0
    expect(await pull()).toBe(path)
    await expectRight(path, name)
    expect(hub.downloads).toEqual([name])
    expect((await readdir(join(path, '..'))).sort()).toEqual([COMMIT, 'refs'])
    // Once more: there is nothing to do.
    await pull()
    expect(hub.downloads).toEqual([name])
  },
)

test('a damaged turnwise.json is downloaded again', async () => {
  await hub.close()
  hub = await startHubServer(tinyModel('fused'))
  const path = await pull()
  await writeFile(join(path, 'turnwise.json'), '{')
  await rm(join(path, 'model.onnx'))
  hub.downloads.length = 0
  await pull()
  expect(hub.downloads).toEqual(['turnwise.json', 'model.onnx'])
})

test('a repair that broke off leaves nothing that looks whole', async () => {
  const path = await pull()
  await rm(join(path, ONNX))
  hub.faults.stallsAt = ONNX
  await expect(pull()).rejects.toMatchObject({ code: 'DOWNLOAD_INCOMPLETE' })
  await expect(findHubModel(id, options({ offline: true }))).rejects.toMatchObject({ code: 'OFFLINE' })
  hub.faults.stallsAt = 'none'
  await expectRight(await pull(), ONNX)
})
