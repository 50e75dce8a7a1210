import type { Browser, Page } from 'playwright-core'
import type { PageCalls } from './page/page.js'
import type { SiteServer } from './siteServer.js'

declare global {
  interface Window {
    /** Of the page of the tests. */
    readonly calls: PageCalls
  }
}

/** The page of the tests, open in a browser. */
export interface TestPage {
  readonly page: Page
  /** Calls a function in the page. */
  call<Name extends keyof PageCalls>(
    name: Name,
    argument: Parameters<PageCalls[Name]>[0],
  ): Promise<Awaited<ReturnType<PageCalls[Name]>>>
  /** Errors of scripts and of the content-security policy, and requests that left the origin. */
  readonly problems: readonly string[]
}

/**
 * Opens the page of the tests in a profile of its own.
 *
 * @param cores what the browser says of the processor
 */
export async function openTestPage(browser: Browser, site: SiteServer, cores: number): Promise<TestPage> {
  const context = await browser.newContext()
  await context.addInitScript((value) => {
    Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', { get: () => value })
  }, cores)
  const problems: string[] = []
  context.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  context.on('weberror', (error) => problems.push(error.error().message))
  context.on('request', (request) => !request.url().startsWith(site.url) && problems.push(request.url()))
  const page = await context.newPage()
  await page.goto(site.url)
  await page.waitForFunction(() => window.calls !== undefined)
  return {
    page,
    problems,
    call: (name, argument) =>
      page.evaluate(([name, argument]) => (window.calls[name] as (argument: unknown) => never)(argument), [
        name,
        argument,
      ] as const),
  }
}
