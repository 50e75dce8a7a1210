import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addModels } from './support/addModels.js'
import { buildSite } from './support/buildSite.js'
import { findChromium, launchChromium } from './support/chromium.js'
import { startHost } from './support/hosts.js'
import { STATES, WINDOWS } from './support/states.js'
import { stubEars } from './support/stubEars.js'

/** Scenarios are played by a model on whatever this machine is. */
const PATIENCE_MS = 120_000

const chromium = findChromium()

describe.skipIf(chromium === undefined)('axe finds nothing serious', { timeout: PATIENCE_MS }, () => {
  let site: Awaited<ReturnType<typeof buildSite>>
  let host: Awaited<ReturnType<typeof startHost>>
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    site = await buildSite()
    await addModels(site.folder)
    host = await startHost(site.folder)
    browser = await launchChromium(chromium ?? '')
    // Colours that are changing into each other have no contrast yet.
    page = await browser.newPage({ reducedMotion: 'reduce' })
    page.setDefaultTimeout(PATIENCE_MS / 2)
    await page.addInitScript(stubEars)
    await page.goto(host.url)
    await page.getByLabel('You', { exact: true }).waitFor()
    await page.evaluate(axe.source)
  }, PATIENCE_MS)

  afterAll(async () => {
    await browser?.close()
    await host?.close()
    await site?.remove()
  })

  test.each(Object.entries(STATES))('%s', async (_, enter) => {
    await enter(page)
    for (const [window, size] of Object.entries(WINDOWS)) {
      await page.setViewportSize(size)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        const { violations } = (await page.evaluate('axe.run()')) as { violations: { id: string; impact: string }[] }
        const found = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))
        expect({ window, colorScheme, found }).toEqual({ window, colorScheme, found: [] })
      }
    }
  })
})
