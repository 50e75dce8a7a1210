import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { locateDataset } from './locateDataset.js'
import { COMMIT, type HubServer, startHubServer } from './test/hubServer.js'
import { temporaryFolder } from './test/temporaryFolder.js'

const SMALL = 'data/ten-00000-of-00001.parquet'
const LARGE = 'data/swda-00000-of-00001.parquet'

let hub: HubServer
let cacheDir: string

beforeEach(async () => {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'data'))
  await writeFile(join(folder, SMALL), Buffer.alloc(1_000, 'small'))
  await writeFile(join(folder, LARGE), Buffer.alloc(50_000, 'large'))
  await writeFile(join(folder, 'README.md'), 'read me')
  hub = await startHubServer(folder, 'datasets')
  onTestFinished(() => hub.close())
  cacheDir = await temporaryFolder()
})

const isParquet = (path: string) => path.endsWith('.parquet')

function locate(more: { readonly offline?: boolean } = {}, isWanted = isParquet) {
  return locateDataset('owner/name', isWanted, { hubEndpoint: hub.endpoint, cacheDir, ...more })
}

test('downloads the files that are wanted, once', async () => {
  const folder = await locate()
  expect(folder).toBe(join(cacheDir, 'datasets', 'owner--name', COMMIT))
  expect(await readFile(join(folder, LARGE))).toEqual(Buffer.alloc(50_000, 'large'))
  expect(hub.downloads.sort()).toEqual([LARGE, SMALL])
  await hub.close()
  expect(await locate()).toBe(folder)
  expect(await locate({ offline: true })).toBe(folder)
})

test('goes on where the connection broke off', async () => {
  hub.faults.redirects = true
  hub.faults.breakOff = { path: LARGE, afterBytes: 20_000, times: 1 }
  expect(await readFile(join(await locate(), LARGE))).toEqual(Buffer.alloc(50_000, 'large'))
  expect(hub.downloads).toContain(`${LARGE} bytes=20000-`)
})

test.each([SMALL, LARGE])('refuses another content of %s', async (corruptPath) => {
  hub.faults.corruptPath = corruptPath
  await expect(locate()).rejects.toMatchObject({ code: 'DOWNLOAD_CORRUPT', value: corruptPath })
})

test('says what is wrong', async () => {
  await expect(locateDataset('no id', isParquet)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  await expect(locate({ offline: true })).rejects.toMatchObject({ code: 'OFFLINE' })
  await expect(locate({}, () => false)).rejects.toMatchObject({ code: 'HUB_NOT_FOUND' })
  hub.faults.status = 404
  await expect(locate()).rejects.toMatchObject({ code: 'HUB_NOT_FOUND', value: 404 })
  hub.faults.status = 403
  await expect(locate()).rejects.toMatchObject({ code: 'HUB_ACCESS_DENIED', value: 403 })
  await hub.close()
  await expect(locate()).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' })
})
