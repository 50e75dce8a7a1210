import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The path of a Chromium on this machine: `TURNWISE_CHROMIUM`, or where Linux has it. Undefined if there is none. */
export function findChromium(): string | undefined {
  return [process.env.TURNWISE_CHROMIUM, ...PATHS].find((path) => path !== undefined && existsSync(path))
}

/**
 * Starts Chromium without a window.
 *
 * @param proxy where everything goes that is not for this machine; by default there is none
 */
export function launchChromium(executablePath: string, proxy?: string): Promise<Browser> {
  // In containers it has no sandbox to use.
  const options = { executablePath, args: ['--no-sandbox'] }
  return chromium.launch(proxy === undefined ? options : { ...options, proxy: { server: proxy, bypass: '127.0.0.1' } })
}
