import { readFile } from 'node:fs/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildSite } from './support/buildSite.js'
import { findChromium, launchChromium } from './support/chromium.js'
import { startHost, startProxy } from './support/hosts.js'
import { watch, word } from './support/states.js'

/** The first load runs a model on whatever this machine is. */
const PATIENCE_MS = 120_000

/** What Chromium asks its maker for by itself, on any page. */
const BROWSERS_OWN = /^(http:\/\/)?((update|content-autofill|optimizationguide-pa)\.googleapis|accounts\.google)\.com/

const chromium = findChromium()
if (chromium === undefined) console.warn('The playground is not tested in a browser: there is no Chromium here.')

describe.skipIf(chromium === undefined)('in Chromium', { timeout: PATIENCE_MS }, () => {
  let site: Awaited<ReturnType<typeof buildSite>>
  let host: Awaited<ReturnType<typeof startHost>>
  let proxy: Awaited<ReturnType<typeof startProxy>>
  let browser: Browser
  let context: BrowserContext
  let page: Page
  const complaints: string[] = []
  const foreign: string[] = []

  async function openContext(options: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> {
    const opened = await browser.newContext(options)
    opened.setDefaultTimeout(PATIENCE_MS / 2)
    opened.on('request', (request) => {
      const { protocol, origin } = new URL(request.url())
      if (!['blob:', 'data:'].includes(protocol) && origin !== new URL(host.url).origin) foreign.push(request.url())
    })
    opened.on('weberror', (error) => complaints.push(error.error().message))
    opened.on('console', (message) => {
      if (/content security policy/i.test(message.text())) complaints.push(message.text())
    })
    return opened
  }

  async function openPage(url = host.url): Promise<void> {
    await page.goto(url)
    await page.getByLabel('You', { exact: true }).waitFor()
  }

  /** The user's words in the timeline with the action at each. */
  function timeline(): Promise<string[]> {
    return page
      .locator('.score button')
      .evaluateAll((words) => words.map((word) => `${word.textContent} ${word.getAttribute('data-action')}`))
  }

  async function say(text: string): Promise<void> {
    await page.getByLabel('You', { exact: true }).pressSequentially(text, { delay: 30 })
    await word(page, text.trim().split(' ').at(-1) ?? '')
  }

  beforeAll(async () => {
    ;[site, proxy] = await Promise.all([buildSite(), startProxy()])
    host = await startHost(site.folder)
    browser = await launchChromium(chromium ?? '', proxy.url)
    context = await openContext({ acceptDownloads: true, permissions: ['clipboard-read', 'clipboard-write'] })
    page = await context.newPage()
    await openPage()
    expect(await page.locator('.colophon').textContent()).toContain('1 thread; more threads need')
  }, PATIENCE_MS)

  afterAll(async () => {
    await browser?.close()
    await Promise.all([host?.close(), proxy?.close(), site?.remove()])
  })

  test('a typed sentence turns from wait to speak at its last word', async () => {
    await page.getByLabel('answers when it is its turn').uncheck()
    await say('I need help with my bill ')
    const seen = await timeline()
    expect(seen.at(-2)).toBe('my continue_listening')
    expect(seen.at(-1)).toBe('bill start_speaking')
    expect(await page.getByTestId('verb-balanced').textContent()).toBe('Speak')
    await page.getByText('of silence: it speaks').waitFor()
  })

  test('a backchannel is spoken over, an interruption stops the agent', async () => {
    await page.getByRole('button', { name: 'Clear' }).click()
    await page
      .getByLabel('Agent')
      .fill(
        'Your current balance is forty two dollars and ten cents and the payment is due on the first of June this year',
      )
    await page.getByRole('button', { name: 'Say it' }).click()
    await page.locator('.agent', { hasText: 'forty' }).waitFor()
    await say('uh huh ')
    expect((await timeline()).at(-1)).toBe('huh continue_speaking')
    expect(await page.getByRole('button', { name: 'Silence it' }).isVisible()).toBe(true)
    await page.getByLabel('You', { exact: true }).press('Enter')
    await say('wait no ')
    await page.getByRole('button', { name: 'Say it' }).waitFor()
    expect(await timeline()).toContain('wait start_listening')
    expect(await page.locator('.stopped').count()).toBe(1)
  })

  test('a scenario is shared by its link, and is the same after a reload', async () => {
    await watch(page, 'Spelling an e-mail')
    await page.getByLabel('beside').selectOption('eager')
    await word(page, 'com')
    const before = await timeline()
    await page.getByRole('button', { name: 'Share' }).click()
    await page.getByText('Copied').waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(page.url())
    await page.reload()
    await word(page, 'com')
    expect(await timeline()).toEqual(before)
    expect(await page.getByTestId('verb-eager').isVisible()).toBe(true)
  })

  test('a damaged link is told', async () => {
    await page.goto(`${host.url}#AAAA`)
    await page.getByRole('alert').filter({ hasText: 'damaged' }).waitFor()
  })

  test('the second visit has threads, on a host that sends no headers', async () => {
    await page.goto('about:blank')
    await openPage()
    expect(await page.evaluate('crossOriginIsolated')).toBe(true)
    expect(await page.locator('.colophon').textContent()).not.toContain('COOP')
  })

  test('the keyboard goes from word to word, and tells why', async () => {
    await watch(page, 'A plain request')
    await page.locator('.score button[tabindex="0"]').focus()
    await page.keyboard.press('Home')
    expect(await page.locator(':focus').textContent()).toBe('could')
    expect(await page.locator('.at').textContent()).toContain('could')
    await page.keyboard.press('ArrowRight')
    expect(await page.locator(':focus').textContent()).toBe('you')
    expect(await page.locator('.why').textContent()).toMatch(/tokens run, [\d.]+ ms/)
  })

  test('a wrong word becomes a benchmark row, a conversation a test case', async () => {
    await page.getByRole('button', { name: 'It got it wrong' }).click()
    const row = JSON.parse((await page.getByTestId('row').textContent()) ?? '')
    expect(row).toMatchObject({ id: 'fc-new', messages: [{ role: 'user', content: 'could you' }] })
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export' }).click(),
    ])
    const exported = JSON.parse(await readFile(await download.path(), 'utf8'))
    expect(exported.judges).toMatchObject([{ model: { name: 'turnwise-en' }, policy: 'balanced' }])
    expect(exported.decisions.length).toBeGreaterThan(10)
  })

  test('a pasted conversation is played', async () => {
    await page.getByRole('button', { name: 'Your own' }).click()
    await page.getByRole('textbox', { name: 'Conversation' }).fill('agent: How many people?\nuser: four please')
    await page.getByRole('dialog').getByRole('button', { name: 'Play' }).click()
    await word(page, 'please')
    expect((await timeline()).at(-1)).toBe('please start_speaking')
  })

  test('without a network it works after a single visit', async () => {
    await page.close()
    await context.close()
    context = await openContext()
    page = await context.newPage()
    await openPage()
    // What was loaded before the service worker is kept when there is time.
    await page.waitForLoadState('networkidle')
    await host.close()
    await page.goto('about:blank')
    await openPage()
    await watch(page, 'Answered with one word')
    expect(await timeline()).toContain('four start_speaking')
  })

  test('nothing was asked of anybody else, and the policy had nothing to forbid', () => {
    expect(foreign).toEqual([])
    expect(proxy.asked.filter((address) => !BROWSERS_OWN.test(address))).toEqual([])
    expect(complaints).toEqual([])
  })
})
