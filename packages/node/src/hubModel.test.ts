import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ErrorCode } from '@turnwise/core'
import type { DownloadProgress } from '@turnwise/core/runtime'
import { describe, expect, test } from 'vitest'
import { findHubModel } from './hubModel.js'
import { loadDetector } from './loadDetector.js'
import { resolveLoadOptions } from './loadOptions.js'
import { locateModel } from './locateModel.js'
import { pullModel } from './pullModel.js'
import { tinyModel } from './test/fixtures.js'
import { COMMIT, type HubFaults } from './test/hubServer.js'
import { HUB_ID, ONNX, useHub } from './test/useHub.js'

const place = useHub()
const { options, pull } = place

async function expectComplete(path: string): Promise<void> {
  for (const name of ['config.json', 'tokenizer.json', ONNX]) {
    const expected = await readFile(join(tinyModel('published'), name))
    expect((await readFile(join(path, name))).equals(expected)).toBe(true)
  }
}

test('downloads what a model of the published form needs, and nothing else', async () => {
  const path = await pull()
  expect(path).toBe(join(place.cacheDir, 'models', 'owner--name', COMMIT))
  await expectComplete(path)
  expect(place.hub.downloads).toEqual(['config.json', 'tokenizer.json', ONNX])
  expect((await readdir(join(path, '..'))).sort()).toEqual([COMMIT, 'refs'])
})

test('downloads what turnwise.json names', async () => {
  await place.serve(tinyModel('fused'))
  await pull()
  expect(place.hub.downloads).toEqual(['turnwise.json', 'model.onnx', 'tokenizer.json', 'config.json'])
})

test('downloads the weights beside a graph', async () => {
  await place.serve(tinyModel('int8'))
  const path = await pull()
  expect(place.hub.downloads).toContain('embeddings.bin')
  const expected = await readFile(join(tinyModel('int8'), 'embeddings.bin'))
  expect((await readFile(join(path, 'embeddings.bin'))).equals(expected)).toBe(true)
})

test('loadDetector loads by the id of the hub, and the next time without it', async () => {
  const { hubEndpoint } = options()
  const detector = await loadDetector({ model: 'owner/name', hubEndpoint, cacheDir: place.cacheDir })
  const messages = [{ role: 'user' as const, content: 'hello' }]
  const { action } = await detector.predict(messages)
  await detector.close()
  await place.hub.close()
  const again = await loadDetector({ model: 'owner/name', hubEndpoint, cacheDir: place.cacheDir, offline: true })
  expect((await again.predict(messages)).action).toBe(action)
  await again.close()
})

test('tells how far it is', async () => {
  const steps: DownloadProgress[] = []
  await pull({}, { onProgress: (progress) => steps.push(progress) })
  const received = steps.map(({ receivedBytes }) => receivedBytes)
  expect(received).toEqual([...received].sort((a, b) => a - b))
  expect(steps.at(-1)).toMatchObject({ model: 'owner/name', fileName: ONNX })
  expect(steps.at(-1)?.receivedBytes).toBe(steps.at(-1)?.totalBytes)
})

describe('a connection that breaks', () => {
  test('goes on where it broke off', async () => {
    await expectComplete(await pull({ breakOff: { path: ONNX, afterBytes: 20_000, times: 2 } }))
    expect(place.hub.downloads.slice(2, 4)).toEqual([ONNX, `${ONNX} bytes=20000-`])
    // What had come but was not yet read when the connection broke is lost.
    expect(place.hub.downloads[4]).toMatch(/ bytes=[24]0000-$/)
    expect(place.hub.downloads).toHaveLength(5)
  })

  test('goes on in a later call, even in another process', async () => {
    const pulling = pull({ breakOff: { path: ONNX, afterBytes: 0, times: 100 } })
    await expect(pulling).rejects.toMatchObject({ code: 'DOWNLOAD_INCOMPLETE' })
    const incomplete = join(place.cacheDir, 'models', 'owner--name', `${COMMIT}.partial`, `${ONNX}.incomplete`)
    await writeFile(incomplete, (await readFile(join(tinyModel('published'), ONNX))).subarray(0, 30_000))
    place.hub.downloads.length = 0
    await expectComplete(await pull({ breakOff: { path: ONNX, afterBytes: 0, times: 0 } }))
    expect(place.hub.downloads).toEqual([`${ONNX} bytes=30000-`])
  })

  test('begins again where the hub ignores ranges', async () => {
    const faults = { breakOff: { path: ONNX, afterBytes: 20_000, times: 1 }, ignoresRanges: true }
    await expectComplete(await pull(faults))
  })

  test('is given up when nothing comes', async () => {
    const pulling = pull({ stallsAt: ONNX })
    await expect(pulling).rejects.toMatchObject({ code: 'DOWNLOAD_INCOMPLETE', cause: expect.anything() })
  })

  test('goes on where an answer ended early as if it were whole', async () => {
    await expectComplete(await pull({ truncates: { path: ONNX, afterBytes: 20_000, times: 1 } }))
    expect(place.hub.downloads.slice(2)).toEqual([ONNX, `${ONNX} bytes=20000-`])
  })
})

describe('a hub that is busy', () => {
  test.each(['/revision/', '/tree/', 'model_q8.onnx'])('is asked again: %s', async (at) => {
    await expectComplete(await pull({ busy: { at, times: 2 } }))
  })

  test('is left alone for as long as it asks', async () => {
    const startMs = performance.now()
    await expectComplete(await pull({ busy: { at: '/tree/', times: 1, status: 429, retryAfter: '1' } }))
    expect(performance.now() - startMs).toBeGreaterThan(900)
  })

  test('is given up after some answers, or if it asks for too long a pause', async () => {
    const stays = { busy: { at: '/revision/', times: 100, status: 429 } }
    await expect(pull(stays)).rejects.toMatchObject({ code: 'HUB_FAILED', value: 429 })
    expect(stays.busy.times).toBe(97)
    const long = { busy: { at: '/revision/', times: 100, status: 429, retryAfter: '300' } }
    await expect(pull(long)).rejects.toMatchObject({ problem: expect.stringContaining('It asks to wait 300 s.') })
    expect(long.busy.times).toBe(99)
  })
})

test('follows to another host, which is not told the token, and goes on there', async () => {
  const faults = { redirects: true, token: 'secret', breakOff: { path: ONNX, afterBytes: 20_000, times: 1 } }
  await expectComplete(await pull(faults, { hubToken: 'secret' }))
  expect(place.hub.downloads.slice(2)).toEqual([ONNX, `${ONNX} bytes=20000-`])
  expect(place.hub.elsewhere).toEqual([undefined, undefined, undefined, undefined])
})

test('a page instead of a file is not taken for it', async () => {
  const pulling = pull({ pageInsteadOf: ONNX })
  await expect(pulling).rejects.toMatchObject({ code: 'HUB_FAILED', value: 'text/html; charset=utf-8' })
  await expectComplete(await pull({ pageInsteadOf: 'none' }))
})

test.each(['onnx/model_q8.onnx_data/../../../out', '/etc/out', 'a\\..\\out'])('refuses the path %s', async (lists) => {
  await expect(pull({ lists })).rejects.toMatchObject({ problem: expect.stringContaining('leads out of it') })
})

test('refuses a file with another content, and keeps nothing of it', async () => {
  for (const corruptPath of ['config.json', ONNX]) {
    await expect(pull({ corruptPath })).rejects.toMatchObject({ code: 'DOWNLOAD_CORRUPT', value: corruptPath })
  }
  await expectComplete(await pull({ corruptPath: 'none' }))
})

describe('a hub that refuses', () => {
  test.each<[string, HubFaults, ErrorCode]>([
    ['404', { status: 404 }, 'HUB_NOT_FOUND'],
    ['401', { token: 'secret' }, 'HUB_ACCESS_DENIED'],
    ['403', { status: 403 }, 'HUB_ACCESS_DENIED'],
    ['500', { status: 500 }, 'HUB_FAILED'],
    ['nonsense', { answersNonsense: true }, 'HUB_FAILED'],
  ])('%s', async (_, faults, code) => {
    await expect(pull(faults)).rejects.toMatchObject({ name: 'TurnwiseError', code })
  })

  test('lets in who has the token', async () => {
    await expectComplete(await pull({ token: 'secret' }, { hubToken: 'secret' }))
  })

  test('has no such file', async () => {
    await place.serve(join(tinyModel('published'), 'onnx'))
    await expect(pull()).rejects.toMatchObject({ code: 'HUB_NOT_FOUND', value: 'config.json' })
  })

  test('is not there', async () => {
    await place.hub.close()
    await expect(pull()).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' })
  })
})

test('offline it uses the cache, or says what is missing', async () => {
  await expect(findHubModel(HUB_ID, options({ offline: true }))).rejects.toMatchObject({ code: 'OFFLINE' })
  await expect(pullModel('owner/name', { offline: true, cacheDir: place.cacheDir })).rejects.toMatchObject({
    code: 'OFFLINE',
  })
  const path = await pull()
  expect(await findHubModel(HUB_ID, options({ offline: true }))).toBe(path)
  await rm(path, { recursive: true })
  await expect(findHubModel(HUB_ID, options({ offline: true }))).rejects.toMatchObject({ code: 'OFFLINE' })
  expect(resolveLoadOptions({}, { HF_HUB_OFFLINE: '1' }).offline).toBe(true)
})

test('two at once download once', async () => {
  const paths = await Promise.all([pull(), pull()])
  expect(paths[0]).toBe(paths[1])
  expect(place.hub.downloads).toHaveLength(3)
})

test('an abort ends the download and leaves the lock free', async () => {
  const controller = new AbortController()
  const pulling = pull({ stallsAt: ONNX }, { signal: controller.signal })
  setTimeout(() => controller.abort(), 50)
  await expect(pulling).rejects.toMatchObject({ code: 'ABORTED' })
  await expectComplete(await pull({ stallsAt: 'none' }))
})

test('a cache that cannot be written is said to be so', async () => {
  const file = join(place.cacheDir, 'file')
  await writeFile(file, '')
  await expect(pull({}, { cacheDir: file })).rejects.toMatchObject({ code: 'CACHE_UNUSABLE' })
})

test('a folder goes before a model of the hub, and what is neither is not found', async () => {
  expect(await locateModel({ model: tinyModel('fused') })).toBe(tinyModel('fused'))
  for (const model of ['./nowhere', '/nowhere', 'nowhere', 'a/b/c', 'own er/name']) {
    await expect(locateModel({ model, offline: true })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
  }
  await expect(pullModel('nowhere')).rejects.toMatchObject({ code: 'INVALID_OPTION' })
})
