import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { addModels } from '../e2e/support/addModels.js'
import { buildSite } from '../e2e/support/buildSite.js'
import { findChromium, launchChromium } from '../e2e/support/chromium.js'
import { startHost } from '../e2e/support/hosts.js'
import { STATES, WINDOWS, watch } from '../e2e/support/states.js'
import { stubEars } from '../e2e/support/stubEars.js'

const USAGE = `Pictures of the playground in every state: npm run screenshots -w apps/playground -- [options]
  --out FOLDER           (default: screenshots)
  --second-model FOLDER  to compare with (default: a tiny random one)
  --only STATES          such as empty,models (default: all)`

/** Loading takes a while where much else runs. */
const PATIENCE_MS = 90_000

/** What comes before there is a model: how the network answers, and what is then to be seen. */
const BEFORE_MODEL = {
  async waking(page: Page, url: string) {
    await page.route('**/model/turnwise.json', () => undefined)
    await page.goto(url)
    await page.getByText('Waking the model').waitFor()
  },
  async fetching(page: Page, url: string) {
    const network = await page.context().newCDPSession(page)
    const downloadThroughput = 5e6
    await network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput,
      uploadThroughput: -1,
    })
    await page.goto(url)
    await page.getByText(/^[2-9]\d of/).waitFor()
  },
  async failed(page: Page, url: string) {
    await page.route('**/model/tokenizer.json', (route) => route.fulfill({ status: 200, body: '{}' }))
    await page.goto(url)
    await page.getByRole('alert').waitFor()
  },
  async unreachable(page: Page, url: string) {
    await page.route('**/model/*', (route) => route.abort('internetdisconnected'))
    await page.goto(url)
    await page.getByRole('alert').waitFor()
  },
}

/** Takes them all, light and dark, on a desktop and on a phone. */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      out: { type: 'string', default: 'screenshots' },
      'second-model': { type: 'string' },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const chromium = findChromium()
  if (values.help || chromium === undefined) {
    process.stdout.write(values.help ? `${USAGE}\n` : 'There is no Chromium: set TURNWISE_CHROMIUM.\n')
    return
  }
  // npm runs scripts in the folder of the package; names are meant from where npm was called.
  const from = process.env.INIT_CWD ?? process.cwd()
  const out = resolve(from, values.out)
  await mkdir(out, { recursive: true })
  const only = values.only?.split(',')
  const site = await buildSite()
  await addModels(site.folder, values['second-model'] && resolve(from, values['second-model']))
  const host = await startHost(site.folder)
  const browser = await launchChromium(chromium)
  try {
    await picture(browser, host.url, out, (name) => only === undefined || only.includes(name))
  } finally {
    await browser.close()
    await host.close()
    await site.remove()
  }
}

async function picture(browser: Browser, url: string, out: string, isWanted: (name: string) => boolean): Promise<void> {
  const context = await browser.newContext({ reducedMotion: 'reduce' })
  context.setDefaultTimeout(PATIENCE_MS)
  await context.addInitScript(stubEars)
  const page = await context.newPage()
  for (const [window, size] of Object.entries(WINDOWS)) {
    for (const [name, enter] of Object.entries(BEFORE_MODEL).filter(([each]) => isWanted(each))) {
      const fresh = await browser.newContext({ serviceWorkers: 'block', viewport: size, reducedMotion: 'reduce' })
      fresh.setDefaultTimeout(PATIENCE_MS)
      const other = await fresh.newPage()
      await enter(other, url)
      await shoot(other, join(out, `${window}-${name}`))
      await fresh.close()
    }
    await page.setViewportSize(size)
    await page.goto(url)
    await page.getByLabel('You', { exact: true }).waitFor()
    for (const [name, enter] of Object.entries(STATES).filter(([each]) => isWanted(each))) {
      await enter(page)
      await shoot(page, join(out, `${window}-${name}`))
    }
    if (isWanted('offline')) {
      await context.setOffline(true)
      await page.reload()
      await page.getByLabel('You', { exact: true }).waitFor()
      await watch(page, 'Answered with one word')
      await shoot(page, join(out, `${window}-offline`))
      await context.setOffline(false)
    }
    await page.goto('about:blank')
  }
}

async function shoot(page: Page, path: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: `${path}-${colorScheme}.png` })
    process.stdout.write(`${path}-${colorScheme}.png\n`)
  }
}
