import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addModels } from './support/addModels.js'
import { buildSite } from './support/buildSite.js'
import { findChromium, launchChromium } from './support/chromium.js'
import { startHost } from './support/hosts.js'
import { BROKEN_MODEL, loadModel, SECOND_MODEL, STATES, watch, word } from './support/states.js'

const PATIENCE_MS = 120_000

const chromium = findChromium()

describe.skipIf(chromium === undefined)('models', { timeout: PATIENCE_MS }, () => {
  let site: Awaited<ReturnType<typeof buildSite>>
  let host: Awaited<ReturnType<typeof startHost>>
  let browser: Browser
  let page: Page
  let names: readonly string[]

  beforeAll(async () => {
    site = await buildSite()
    await addModels(site.folder)
    names = await Promise.all(['model/', SECOND_MODEL].map(nameModel))
    host = await startHost(site.folder)
    browser = await launchChromium(chromium ?? '')
    page = await browser.newPage({ acceptDownloads: true })
    page.setDefaultTimeout(PATIENCE_MS / 2)
    await page.goto(host.url)
    await page.getByLabel('You', { exact: true }).waitFor()
  }, PATIENCE_MS)

  afterAll(async () => {
    await browser?.close()
    await host?.close()
    await site?.remove()
  })

  beforeEach(() => STATES.empty?.(page))

  async function nameModel(folder: string): Promise<string> {
    const { name, version } = JSON.parse(await readFile(join(site.folder, folder, 'turnwise.json'), 'utf8'))
    return `${name} ${version}`
  }

  async function chooseFolder(folder: string): Promise<void> {
    await page.getByLabel('beside').selectOption('other')
    await page.getByLabel('Its folder: turnwise.json').setInputFiles(join(site.folder, folder))
  }

  test('one from an address of this host judges the same words beside the first', async () => {
    await watch(page, 'A backchannel')
    await loadModel(page, SECOND_MODEL)
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await word(page, 'great')
    expect(await page.locator('.judge').allTextContents()).toEqual(names)
    expect(await page.locator('.score li', { hasText: 'great' }).locator('.stream').count()).toBe(2)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export' }).click(),
    ])
    const { judges, decisions } = JSON.parse(await readFile(await download.path(), 'utf8'))
    expect(
      judges.map(({ model: { name, version } }: { model: Record<string, string> }) => `${name} ${version}`),
    ).toEqual(names)
    expect(decisions.filter(({ judge }: { judge: number }) => judge === 1)).toHaveLength(decisions.length / 2)
  })

  test('one that reads numbers digit by digit leaves the words as they were written', async () => {
    const path = join(site.folder, SECOND_MODEL, 'turnwise.json')
    const before = await readFile(path, 'utf8')
    await writeFile(path, JSON.stringify({ ...JSON.parse(before), template: 'chatml-spoken-words' }))
    await page.getByRole('button', { name: 'Your own' }).click()
    await page.getByRole('textbox', { name: 'Conversation' }).fill('user: It’s flat 412, Main St.')
    await page.getByRole('dialog').getByRole('button', { name: 'Play' }).click()
    await page.getByRole('button', { name: 'Share' }).waitFor()
    await loadModel(page, SECOND_MODEL)
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await word(page, 'St.')
    expect(await page.locator('.score .said').allTextContents()).toEqual(['It’s', 'flat', '412,', 'Main', 'St.'])
    await page.locator('.score .said', { hasText: '412,' }).click()
    expect(await page.locator('.at').textContent()).toContain('412,')
    expect(await page.locator('.why .cost').count()).toBe(2)
    await writeFile(path, before)
  })

  test('one that was loaded can be left and taken again, under another policy', async () => {
    await watch(page, 'Answered with one word')
    await page.getByLabel('beside').selectOption('model')
    await page.getByLabel('Policy').selectOption('eager')
    await word(page, 'outside')
    expect(await page.locator('.judge').allTextContents()).toEqual(names)
    await page.getByLabel('beside').selectOption('')
    await word(page, 'outside')
    expect(await page.locator('.judge').count()).toBe(0)
    await page.getByLabel('Policy').selectOption('balanced')
  })

  test('one from files does too', async () => {
    await watch(page, 'Answered with one word')
    await chooseFolder(SECOND_MODEL)
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await word(page, 'outside')
    expect(await page.locator('.judge').allTextContents()).toEqual(names)
  })

  test.each([
    ['an address', () => loadModel(page, BROKEN_MODEL)],
    ['files', () => chooseFolder(BROKEN_MODEL)],
  ])('a broken one is refused, from %s', async (_, load) => {
    await load()
    const alert = page.getByRole('alert')
    await alert.waitFor()
    expect(await alert.textContent()).toContain('MODEL_FILE_TAMPERED')
    await page.keyboard.press('Escape')
    expect(await page.getByLabel('beside').inputValue()).toBe('')
  })

  test('one of another host is not asked for', async () => {
    await loadModel(page, 'https://models.test/en/')
    await page.getByText('This page asks nobody but').waitFor()
  })

  test('what it runs on can be forced, and the words stay', async () => {
    await watch(page, 'Answered with one word')
    const runsOn = page.getByLabel('Runs on')
    await runsOn.selectOption('wasm')
    await word(page, 'outside')
    expect(await page.locator('.colophon').textContent()).toContain('on WebAssembly')
    // Headless Chromium has no graphics card; where there is one, WebGPU runs.
    await runsOn.selectOption('webgpu')
    await page.getByText(/RUNTIME_UNAVAILABLE|on WebGPU/).waitFor()
    await runsOn.selectOption('auto')
    await word(page, 'outside')
  })

  test.each([
    ['tokenizer.json', 'MODEL_FILE_TAMPERED', (bytes: Buffer) => Buffer.from(bytes.toString().replace('"v', '"V'))],
    ['model.onnx', 'MODEL_FILE_TRUNCATED', (bytes: Buffer) => bytes.subarray(0, 1000)],
  ])('with a broken %s the page’s own is refused, and can be loaded again', async (file, code, change) => {
    const path = join(site.folder, 'model', file)
    const whole = await readFile(path)
    await writeFile(path, change(whole))
    const context = await browser.newContext({ serviceWorkers: 'block' })
    const other = await context.newPage()
    other.setDefaultTimeout(PATIENCE_MS / 2)
    await other.goto(host.url)
    const alert = other.getByRole('alert')
    await alert.waitFor()
    expect(await alert.textContent()).toContain(code)
    await writeFile(path, whole)
    await other.getByRole('button', { name: 'Try again' }).click()
    await other.getByLabel('You', { exact: true }).waitFor()
    await context.close()
  })
})
