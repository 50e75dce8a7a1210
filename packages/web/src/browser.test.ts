import { cp, mkdtemp, open, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadDetector as loadOnNode, type Message } from 'turnwise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildPage } from './test/buildPage.js'
import { findChromium, launchChromium } from './test/chromium.js'
import { compareDecisions } from './test/compareDecisions.js'
import { CONVERSATIONS } from './test/conversations.js'
import { tinyModel } from './test/fakeSite.js'
import { hearAll } from './test/hearAll.js'
import { type SiteServer, startSite } from './test/siteServer.js'
import { openTestPage, type TestPage } from './test/testPage.js'

const chromium = findChromium()
if (chromium === undefined) console.info('Skipped in a browser: there is no Chromium (set TURNWISE_CHROMIUM).')

const CORES = 2
/**
 * How far probabilities may be from Node's. Both multiply the same integers, but add floating-point numbers in another
 * order, and a value between two levels of the int8 graph is then rounded to either (docs/web.md).
 */
const TOLERANCE = { median: 0.005, ninetiethPercentile: 0.03, largest: 0.25 }

const README_EXAMPLE: Message[] = [
  { role: 'user', content: 'I need help with my bill' },
  { role: 'assistant', content: 'Sure I can help with that what seems to be the issue' },
  { role: 'user', content: 'I was charged twice for the same order' },
]

describe.skipIf(chromium === undefined)('in Chromium', () => {
  let folder: string
  let sites: SiteServer[]
  let browser: Awaited<ReturnType<typeof launchChromium>>
  let pages: TestPage[]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'turnwise-web-'))
    await buildPage(join(folder, 'page'))
    const folders = {
      '/': join(folder, 'page'),
      '/models/en/': fileURLToPath(new URL('../../../models/en', import.meta.url)),
      '/models/tiny/': tinyModel('fused'),
      '/models/published/': tinyModel('published'),
      '/models/truncated/': await breakModel('truncated', (path) => truncate(path, 1000)),
      '/models/tampered/': await breakModel('tampered', flipByte),
    }
    sites = [await startSite({ folders }), await startSite({ folders, isIsolated: false })]
    browser = await launchChromium(chromium ?? '')
    pages = await Promise.all(sites.map((site) => openTestPage(browser, site, CORES)))
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await Promise.all(sites?.map((site) => site.close()) ?? [])
    if (folder !== undefined) await rm(folder, { recursive: true })
  })

  async function breakModel(name: string, breakFile: (path: string) => Promise<void>): Promise<string> {
    const path = join(folder, name)
    await cp(tinyModel('fused'), path, { recursive: true })
    await breakFile(join(path, 'model.onnx'))
    return path
  }

  function testPage(index = 0): TestPage {
    const page = pages[index]
    if (page === undefined) throw new Error('No page is open.')
    return page
  }

  test('downloads the model once and answers the example of the README, in two threads', async () => {
    const { call } = testPage()
    const loaded = await call('load', { model: '/models/en' })
    expect(loaded).toMatchObject({ threads: 2 })
    const { receivedBytes, totalBytes } = loaded.progress?.at(-1) ?? {}
    expect(receivedBytes).toBe(totalBytes)
    expect(totalBytes).toBeGreaterThan(80_000_000)
    const [decision] = await call('predictMany', [{ messages: README_EXAMPLE }])
    expect(decision?.action).toBe('start_speaking')
    expect(decision?.probabilities.start_speaking).toBeGreaterThanOrEqual(0.9)
  }, 120_000)

  test('decides as on Node, word by word', async () => {
    const found = await testPage().call('hearAll', CONVERSATIONS)
    const node = await loadOnNode({ runtime: 'onnx' })
    const expected = await hearAll(node, CONVERSATIONS)
    await node.close()
    const [onWeb, onNode] = [found.flat(), expected.flat()]
    expect(onWeb.map(({ tokensRun }) => tokensRun)).toEqual(onNode.map(({ tokensRun }) => tokensRun))
    const { median, ninetiethPercentile, largest, otherActions } = compareDecisions(onWeb, onNode)
    console.info(`${onWeb.length} words: probabilities differ by ${largest} at most, actions in ${otherActions.length}`)
    expect(median).toBeLessThan(TOLERANCE.median)
    expect(ninetiethPercentile).toBeLessThan(TOLERANCE.ninetiethPercentile)
    expect(largest).toBeLessThan(TOLERANCE.largest)
    for (const index of otherActions) {
      const { probability, threshold } = onNode[index]?.reason ?? {}
      expect(Math.abs((probability ?? Number.NaN) - (threshold ?? Number.NaN))).toBeLessThan(TOLERANCE.largest)
    }
    expect(otherActions.length).toBeLessThan(0.05 * onWeb.length)
  }, 240_000)

  test('loads again while the model cannot be reached', async () => {
    const { page, call } = testPage()
    await page.route('**/models/**', (route) => route.abort())
    const loaded = await call('load', { model: '/models/en' })
    await page.unrouteAll()
    expect(loaded).toMatchObject({ threads: 2, progress: [] })
    const [decision] = await call('predictMany', [{ messages: README_EXAMPLE }])
    expect(decision?.action).toBe('start_speaking')
  }, 120_000)

  test.each([
    ['truncated', 'MODEL_FILE_TRUNCATED'],
    ['tampered', 'MODEL_FILE_TAMPERED'],
    ['absent', 'MODEL_NOT_FOUND'],
    ['published', 'MODEL_NOT_FOUND'],
  ])('refuses a model that is %s: %s', async (name, code) => {
    expect(await testPage().call('load', { model: `/models/${name}/` })).toMatchObject({ code })
  })

  test('says that there is no WebGPU, where it is asked for', async () => {
    const loaded = await testPage().call('load', { model: '/models/tiny', execution: 'webgpu' })
    expect(loaded).toMatchObject({ code: 'RUNTIME_UNAVAILABLE', message: expect.stringContaining('WebGPU adapter') })
  })

  test('needs no cross-origin isolation, for one thread', async () => {
    const { call } = testPage(1)
    expect(await call('load', { model: '/models/tiny' })).toMatchObject({ threads: 1 })
    expect(await call('predictMany', [{ messages: README_EXAMPLE }])).toHaveLength(1)
    expect(await call('load', { model: '/models/tiny', threads: 2 })).toMatchObject({ code: 'INVALID_OPTION' })
  })

  test('all that under a strict content-security policy, without a request elsewhere', () => {
    const expected = /404|ERR_FAILED/
    for (const { problems } of pages) expect(problems.filter((problem) => !expected.test(problem))).toEqual([])
  })
})

async function flipByte(path: string): Promise<void> {
  const file = await open(path, 'r+')
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 500)
  await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, 500)
  await file.close()
}
