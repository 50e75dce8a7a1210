import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ACTIONS } from '@turnwise/core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildSite } from '../../../apps/playground/e2e/support/buildSite.js'
import { findChromium } from '../../../apps/playground/e2e/support/chromium.js'
import { startProxy } from '../../../apps/playground/e2e/support/hosts.js'
import { createFakeApp } from './test/fakeApp.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const TINY = join(ROOT, 'fixtures/tiny/fused')
const CHROMIUM = findChromium()
/** The page is built, and the browser has to begin from nothing. */
const PATIENCE_MS = 180_000

/** What Chromium asks its maker for by itself, on any page. */
const BROWSERS_OWN = /(googleapis|google)\.com(:443|\/)/
/** A name that leads to this machine, as anybody's may. */
const REBOUND = 'rebound.example'

/** Runs `turnwise serve --playground` with a page that was built; where it listens. */
async function servePage(pageFolder: string): Promise<string> {
  let stop: (signal: 'SIGINT') => void = () => undefined
  const { terminal, run } = createFakeApp({
    findPlayground: () => pageFolder,
    stopSignal: () => new Promise((resolve) => (stop = resolve)),
  })
  const ended = run('serve', '--playground', '--port', '0', '--model', TINY, '--log-level', 'silent')
  onTestFinished(async () => {
    stop('SIGINT')
    expect(await ended).toBe(0)
  })
  for (;;) {
    const [, url] = /Listening on (\S+)/.exec(terminal.complained()) ?? []
    if (url !== undefined) return url
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Decides about what the user says, and returns the action at each word. */
async function say(page: Page, text: string): Promise<(string | null)[]> {
  await page.getByLabel('You').pressSequentially(`${text} `, { delay: 30 })
  const words = page.locator('.score button[data-action]')
  await words.filter({ hasText: text.split(' ').at(-1) ?? '' }).waitFor()
  return words.evaluateAll((all) => all.map((word) => word.getAttribute('data-action')))
}

if (CHROMIUM === undefined) console.warn('The served playground is not tested: there is no Chromium here.')

describe.skipIf(CHROMIUM === undefined)('in Chromium', { timeout: PATIENCE_MS }, () => {
  let site: Awaited<ReturnType<typeof buildSite>>
  let proxy: Awaited<ReturnType<typeof startProxy>>
  let browser: Browser

  beforeAll(async () => {
    ;[site, proxy] = await Promise.all([buildSite(), startProxy()])
    browser = await chromium.launch({
      executablePath: CHROMIUM ?? '',
      // In containers it has no sandbox to use.
      args: ['--no-sandbox', `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`],
      proxy: { server: proxy.url, bypass: `127.0.0.1,${REBOUND}` },
    })
  }, PATIENCE_MS)

  afterAll(async () => {
    await browser?.close()
    await proxy?.close()
    await site?.remove()
  })

  test('the served page decides under its strict policy, with threads, and asks nobody else', async () => {
    const url = await servePage(site.folder)
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    context.setDefaultTimeout(PATIENCE_MS / 2)
    const [requests, complaints]: [string[], string[]] = [[], []]
    context.on('request', (request) => requests.push(request.url()))
    context.on('weberror', (error) => complaints.push(error.error().message))
    context.on('console', (message) => {
      if (message.type() === 'error' || /content security policy/i.test(message.text())) complaints.push(message.text())
    })
    const page = await context.newPage()
    const response = await page.goto(`${url}/playground/`)
    const { 'content-security-policy': policy = '', ...headers } = (await response?.allHeaders()) ?? {}
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy.replaceAll("'wasm-unsafe-eval'", '')).not.toMatch(/unsafe|https?:|\*/)
    expect(headers['cross-origin-embedder-policy']).toBe('require-corp')

    const actions = await say(page, 'can you help me')
    expect(actions).toHaveLength(4)
    for (const action of actions) expect(ACTIONS).toContain(action)
    expect(await page.evaluate('crossOriginIsolated')).toBe(true)
    const scope = await page.evaluate('navigator.serviceWorker.ready.then((worker) => worker.scope)')
    expect(scope).toBe(`${url}/playground/`)
    expect(complaints).toEqual([])

    // The policy holds: what is foreign is not even asked for.
    const refused = page.evaluate(() => fetch('http://127.0.0.1:9/').then(() => 'answered'))
    await expect(refused).rejects.toThrow('Failed to fetch')
    expect(complaints.join()).toMatch(/content security policy/i)

    const foreign = requests.filter((asked) => !asked.startsWith(`${url}/`) && !/^(blob|data):/.test(asked))
    expect(foreign).toEqual([])
    expect(requests).toContain(`${url}/playground/model/model.onnx`)
    expect(proxy.asked.filter((asked) => !BROWSERS_OWN.test(asked))).toEqual([])
  })

  test('a name that was made to lead here opens neither the page nor anything else', async () => {
    const rebound = (await servePage(site.folder)).replace('127.0.0.1', REBOUND)
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    const page = await context.newPage()
    for (const path of ['/playground/', '/docs', '/v1/sessions/a']) {
      const response = await page.goto(rebound + path)
      expect([response?.status(), await response?.json()]).toMatchObject([421, { error: { code: 'HOST_REFUSED' } }])
    }
  })
})
