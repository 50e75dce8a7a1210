/** Runs measure.ts, which Node 20 cannot do by itself. */
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const path = fileURLToPath(new URL('measure.ts', import.meta.url))
const { module } = await runnerImport(path, {
  configFile: false,
  resolve: { external: ['turnwise', '@turnwise/core'] },
})
await module.measure(process.argv.slice(2))
