import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildPage } from './test/buildPage.js'
import { findChromium, launchChromium, SOFTWARE_WEBGPU } from './test/chromium.js'
import { compareDecisions } from './test/compareDecisions.js'
import { CONVERSATIONS } from './test/conversations.js'
import { tinyModel } from './test/fakeSite.js'
import { type SiteServer, startSite } from './test/siteServer.js'
import { openTestPage, type TestPage } from './test/testPage.js'

const chromium = findChromium()
if (chromium === undefined) console.info('WebGPU is not tested: there is no Chromium (set TURNWISE_CHROMIUM).')

/** Kernels differ by length: prompts from 7 to 90 tokens. */
const HEARD = [...CONVERSATIONS.slice(0, 2), ...CONVERSATIONS.slice(-2)]
const LONG = 'and then I would also like to know '.repeat(3)

/** WebGPU does not round activations, and a random model is sensitive to that. Broken kernels are beyond 0.15. */
const TOLERANCE = { median: 0.02, largest: 0.1 }

describe.skipIf(chromium === undefined)('WebGPU in Chromium, by SwiftShader', () => {
  let folder: string
  let site: SiteServer
  let browser: Awaited<ReturnType<typeof launchChromium>>
  let testPage: TestPage
  let hasAdapter = false

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'turnwise-webgpu-'))
    await buildPage(folder)
    site = await startSite({
      folders: { '/': folder, '/models/int8/': tinyModel('int8'), '/models/fused/': tinyModel('fused') },
    })
    browser = await launchChromium(chromium ?? '', SOFTWARE_WEBGPU)
    testPage = await openTestPage(browser, site, 2)
    hasAdapter = await testPage.page.evaluate(async () => (await navigator.gpu?.requestAdapter()) != null)
    if (!hasAdapter) console.info('WebGPU is not tested: this Chromium offers no adapter, not even SwiftShader.')
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await site?.close()
    if (folder !== undefined) await rm(folder, { recursive: true })
  })

  async function decide(execution: 'wasm' | 'webgpu') {
    const { call } = testPage
    const loaded = await call('load', { model: '/models/int8', execution })
    expect(loaded).toMatchObject({ execution, threads: execution === 'wasm' ? 2 : 1 })
    const requests = [...HEARD, { before: [], words: LONG }].map(({ before, words }) => ({
      messages: [...before, { role: 'user' as const, content: words }],
    }))
    return [...(await call('hearAll', HEARD)).flat(), ...(await call('predictMany', requests))]
  }

  test('answers as WebAssembly does, word by word and in batches', async (context) => {
    if (!hasAdapter) context.skip()
    const { median, largest, decisions } = compareDecisions(await decide('webgpu'), await decide('wasm'))
    console.info(`${decisions} decisions: probabilities differ by ${median} (median), ${largest} at most`)
    expect(median).toBeLessThan(TOLERANCE.median)
    expect(largest).toBeLessThan(TOLERANCE.largest)
    // The same to the last bit would be WebAssembly's.
    expect(largest).toBeGreaterThan(0)
  }, 300_000)

  test('is measured, and not taken where it is slower: SwiftShader is', async (context) => {
    if (!hasAdapter) context.skip()
    const beganMs = performance.now()
    const loaded = await testPage.call('load', { model: '/models/int8' })
    expect(loaded).toMatchObject({ execution: 'wasm', threads: 2 })
    if (loaded.comparison === undefined) {
      // On a busy machine SwiftShader is even slower than a page waits.
      expect(performance.now() - beganMs).toBeGreaterThan(10_000)
      return
    }
    const { wordMs, difference } = loaded.comparison
    expect(wordMs.webgpu).toBeGreaterThan(wordMs.wasm)
    expect(difference).toBeLessThan(TOLERANCE.median)
  }, 300_000)

  test('a model without a graph for it is refused, or runs by WebAssembly', async (context) => {
    if (!hasAdapter) context.skip()
    const { call } = testPage
    const forced = await call('load', { model: '/models/fused', execution: 'webgpu' })
    expect(forced).toMatchObject({ code: 'UNSUPPORTED_MODEL' })
    const loaded = await call('load', { model: '/models/fused' })
    expect(loaded).toMatchObject({ execution: 'wasm' })
    expect(loaded.comparison).toBeUndefined()
  }, 120_000)

  test('all that under a strict content-security policy', () => {
    expect(testPage.problems).toEqual([])
  })
})
