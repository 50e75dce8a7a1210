import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { ExecutionChoice } from '@turnwise/web'
import type { Browser } from 'playwright-core'
import { loadDetector, type PredictRequest } from 'turnwise'
import { buildPage } from '../src/test/buildPage.js'
import { findChromium, launchChromium } from '../src/test/chromium.js'
import { compareDecisions } from '../src/test/compareDecisions.js'
import { CONVERSATIONS } from '../src/test/conversations.js'
import { hearAll } from '../src/test/hearAll.js'
import { type SiteServer, startSite } from '../src/test/siteServer.js'
import { openTestPage, type TestPage } from '../src/test/testPage.js'

const USAGE = `Measures turnwise in Chromium, beside Node: npm run measure -w @turnwise/web -- [options]
  --data-dir FOLDER   compares the two on eval/ten.jsonl of this folder as well
  --threads N         of each (default: 2)
  --rounds N          of each measurement of time (default: 5)
  --execution WHAT    auto, wasm or webgpu in the browser (default: auto)
  --browser-args=ARGS for Chromium, with spaces between: --browser-args="--enable-unsafe-webgpu --use-angle=vulkan"
  --model FOLDER      (default: models/en)`

/** Measures and prints. */
export async function measure(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'data-dir': { type: 'string' },
      threads: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '5' },
      execution: { type: 'string', default: 'auto' },
      'browser-args': { type: 'string', default: '' },
      model: { type: 'string', default: fileURLToPath(new URL('../../../models/en', import.meta.url)) },
      help: { type: 'boolean', default: false },
    },
  })
  const chromium = findChromium()
  if (values.help || chromium === undefined) {
    console.info(values.help ? USAGE : 'There is no Chromium: set TURNWISE_CHROMIUM.')
    return
  }
  // npm runs scripts in the folder of the package; names are meant from where npm was called.
  const from = process.env.INIT_CWD ?? process.cwd()
  const model = resolve(from, values.model)
  const [threads, rounds] = [Number(values.threads), Number(values.rounds)]
  const execution = values.execution as ExecutionChoice

  const folder = await mkdtemp(join(tmpdir(), 'turnwise-measure-'))
  await buildPage(folder)
  const site = await startSite({ folders: { '/': folder, '/model/': model } })
  const browser = await launchChromium(chromium, values['browser-args'].split(' ').filter(Boolean))
  try {
    console.info(`Chromium ${browser.version()}, ${threads} threads`)
    const testPage = await measureStart(browser, site, { threads, rounds, execution })
    const node = await loadDetector({ model, threads, runtime: 'onnx' })
    console.info('A word more in a session, ms:')
    const onNode = await measureWords('Node', rounds, () => hearAll(node, CONVERSATIONS))
    const onWeb = await measureWords('browser', rounds, () => testPage.call('hearAll', CONVERSATIONS))
    printComparison(`${onWeb.length} words of sessions`, onWeb, onNode)
    if (values['data-dir'] !== undefined) {
      const requests = await readTen(resolve(from, values['data-dir']))
      const found = await testPage.call('predictMany', requests)
      printComparison(`${requests.length} rows of TEN`, found, await node.predictMany(requests))
    }
    await node.close()
  } finally {
    await browser.close()
    await site.close()
    await rm(folder, { recursive: true })
  }
}

interface StartOptions {
  readonly threads: number
  readonly rounds: number
  readonly execution: ExecutionChoice
}

/** From the call of the page to its first decision; the last page stays open. */
async function measureStart(browser: Browser, site: SiteServer, how: StartOptions): Promise<TestPage> {
  const { threads, rounds, execution } = how
  const testPage = await openTestPage(browser, site, threads)
  const [request] = CONVERSATIONS.map(({ words }) => ({ messages: [{ role: 'user' as const, content: words }] }))
  let chosen = ''
  async function start(): Promise<number> {
    await testPage.page.reload()
    await testPage.page.waitForFunction(() => window.calls !== undefined)
    const loaded = await testPage.call('load', { model: '/model/', threads, execution })
    if ('code' in loaded) throw new Error(loaded.message)
    chosen = `${loaded.execution}${loaded.comparison === undefined ? '' : `, by ${JSON.stringify(loaded.comparison)}`}`
    await testPage.call('predictMany', request === undefined ? [] : [request])
    return testPage.page.evaluate(() => performance.now())
  }
  console.info(`First decision, from navigation, with the download from this machine: ${(await start()).toFixed(0)} ms`)
  const warm: number[] = []
  for (let round = 0; round < rounds; round += 1) warm.push(await start())
  console.info(`First decision, from navigation, from the warm cache: ${describeTimes(warm)}`)
  console.info(`Computed by ${chosen}`)
  return testPage
}

async function measureWords(
  name: string,
  rounds: number,
  hear: () => ReturnType<typeof hearAll>,
): Promise<Awaited<ReturnType<typeof hearAll>>[number]> {
  let decisions = await hear()
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    decisions = await hear()
    // The first word of a session runs the whole prompt.
    times.push(...decisions.flatMap((ofOne) => ofOne.slice(1).map(({ elapsedMs }) => elapsedMs)))
  }
  console.info(`  ${name}: ${describeTimes(times)}`)
  return decisions.flat()
}

/** TEN's English lines, finished or not, each a user's message without context. */
async function readTen(dataFolder: string): Promise<PredictRequest[]> {
  const lines = (await readFile(join(dataFolder, 'eval/ten.jsonl'), 'utf8')).trim().split('\n')
  const rows = lines.map((line) => JSON.parse(line) as { text: string; label: string })
  const labelled = rows.filter(({ label }) => label === 'finished' || label === 'unfinished')
  return labelled.map(({ text }) => ({ messages: [{ role: 'user', content: text }] }))
}

function printComparison(name: string, ...decisions: Parameters<typeof compareDecisions>): void {
  const { median, ninetiethPercentile, largest, otherActions } = compareDecisions(...decisions)
  console.info(
    `${name}, browser and Node: another action in ${otherActions.length}; probabilities differ by ` +
      `${median.toFixed(4)} (median), ${ninetiethPercentile.toFixed(4)} (90%), ${largest.toFixed(4)} at most`,
  )
}

function describeTimes(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const [median, slow] = [0.5, 0.95].map((share) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN)
  return `${median?.toFixed(1)} (median), ${slow?.toFixed(1)} (95%) of ${sorted.length}`
}
