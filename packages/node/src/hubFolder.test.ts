import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findHubModel } from './hubModel.js'
import { tinyModel } from './test/fixtures.js'
import { COMMIT } from './test/hubServer.js'
import { HUB_ID, ONNX, useHub } from './test/useHub.js'

const place = useHub()
const { options, pull } = place

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
    place.hub.downloads.length = 0
    expect(await pull()).toBe(path)
    await expectRight(path, name)
    expect(place.hub.downloads).toEqual([name])
    expect((await readdir(join(path, '..'))).sort()).toEqual([COMMIT, 'refs'])
    // Once more: there is nothing to do.
    await pull()
    expect(place.hub.downloads).toEqual([name])
  },
)

test('a damaged turnwise.json is downloaded again', async () => {
  await place.serve(tinyModel('fused'))
  const path = await pull()
  await writeFile(join(path, 'turnwise.json'), '{')
  await rm(join(path, 'model.onnx'))
  place.hub.downloads.length = 0
  await pull()
  expect(place.hub.downloads).toEqual(['turnwise.json', 'model.onnx'])
})

test('a repair that broke off leaves nothing that looks whole', async () => {
  const path = await pull()
  await rm(join(path, ONNX))
  place.hub.faults.stallsAt = ONNX
  await expect(pull()).rejects.toMatchObject({ code: 'DOWNLOAD_INCOMPLETE' })
  await expect(findHubModel(HUB_ID, options({ offline: true }))).rejects.toMatchObject({ code: 'OFFLINE' })
  place.hub.faults.stallsAt = 'none'
  await expectRight(await pull(), ONNX)
})
