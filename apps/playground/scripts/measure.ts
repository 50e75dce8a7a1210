import { parseArgs } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { buildSite } from '../e2e/support/buildSite.js'
import { findChromium, launchChromium } from '../e2e/support/chromium.js'
import { startHost } from '../e2e/support/hosts.js'
import { scriptSizes } from '../e2e/support/scriptSizes.js'
import { encodeScript } from '../src/script/shareLink.js'

const USAGE = `Measures how fast the playground is there: npm run measure -w apps/playground -- [options]
  --rounds N  visits from a warm cache (default: 9)`

/** What is promised, medians. */
const LIMITS = { paintMs: 1000, decisionMs: 3000 }
const PATIENCE_MS = 300_000
const FIRST_DECISION = 'first-decision'

/** A link: its conversation is decided about as soon as there is a model. */
const LINK = `#${encodeScript({
  steps: [{ kind: 'user', word: 'hello', pauseMs: 0, atMs: 0 }],
  policy: 'balanced',
  rival: undefined,
})}`

/** Measures, prints, and fails if the page is slower than it is to be. */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string', default: '9' }, help: { type: 'boolean', default: false } },
  })
  const chromium = findChromium()
  if (values.help || chromium === undefined) return print(values.help ? USAGE : 'No Chromium: set TURNWISE_CHROMIUM.')
  const site = await buildSite()
  const host = await startHost(site.folder)
  const browser = await launchChromium(chromium)
  try {
    const sizes = [...(await scriptSizes(site.folder))]
    const sum = sizes.reduce((bytes, [, size]) => bytes + size, 0)
    print(
      `JavaScript, gzip: ${kilobytes(sum)} (${sizes.map(([file, size]) => `${file} ${kilobytes(size)}`).join(', ')})`,
    )
    await measureVisits(browser, host.url, Number(values.rounds))
  } finally {
    await browser.close()
    await host.close()
    await site.remove()
  }
}

async function measureVisits(browser: Browser, url: string, rounds: number): Promise<void> {
  const context = await browser.newContext()
  context.setDefaultTimeout(PATIENCE_MS)
  await context.addInitScript(markFirstDecision, FIRST_DECISION)
  const page = await context.newPage()
  const first = await visit(page, url)
  print(`Chromium ${browser.version()}, from navigation, with the download from this machine:`)
  print(`  first paint ${first.paintMs.toFixed(0)} ms, first decision ${first.decisionMs.toFixed(0)} ms`)
  // The visit after the first one still fills caches: that of compiled code, for one.
  await visit(page, url)
  const visits = []
  for (let round = 0; round < rounds; round += 1) visits.push(await visit(page, url))
  print(`From a warm cache, ${visits[0]?.threads} threads:`)
  const paints = visits.map(({ paintMs }) => paintMs)
  const decisions = visits.map(({ decisionMs }) => decisionMs)
  print(`  first paint ${describe(paints)}, at most ${LIMITS.paintMs} ms`)
  print(`  first decision ${describe(decisions)}, at most ${LIMITS.decisionMs} ms`)
  if (median(paints) > LIMITS.paintMs || median(decisions) > LIMITS.decisionMs) process.exitCode = 1
}

interface Visit {
  readonly paintMs: number
  readonly decisionMs: number
  readonly threads: number
}

/** From navigation to the first contentful paint, and to the first word with its decision on the page. */
async function visit(page: Page, url: string): Promise<Visit> {
  await page.goto('about:blank')
  await page.goto(url + LINK)
  await page.locator('.score [data-action]').waitFor()
  return page.evaluate(
    (mark) => ({
      paintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
      decisionMs: performance.getEntriesByName(mark)[0]?.startTime ?? Number.NaN,
      threads: Number(/(\d+) thread/.exec(document.querySelector('.colophon')?.textContent ?? '')?.[1]),
    }),
    FIRST_DECISION,
  )
}

/** In the page: takes the time when a word has its decision. */
function markFirstDecision(mark: string): void {
  const observer = new MutationObserver(() => {
    if (document.querySelector('.score [data-action]') === null) return
    performance.mark(mark)
    observer.disconnect()
  })
  observer.observe(document, { subtree: true, childList: true })
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN
}

function describe(times: readonly number[]): string {
  return `${median(times).toFixed(0)} ms (median; ${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)})`
}

function kilobytes(sizeBytes: number): string {
  return `${(sizeBytes / 1000).toFixed(1)} kB`
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
