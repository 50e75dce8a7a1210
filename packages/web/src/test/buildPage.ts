import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/**
 * Bundles the page of the tests as an application does it, with Vite and without any configuration for turnwise.
 *
 * @param outDir an empty folder
 */
export async function buildPage(outDir: string): Promise<void> {
  const root = fileURLToPath(new URL('page', import.meta.url))
  await build({ root, configFile: false, logLevel: 'error', build: { outDir, emptyOutDir: false } })
}
