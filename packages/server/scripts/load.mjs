/** Runs load/load.ts, which Node 20 cannot do by itself. */
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const path = fileURLToPath(new URL('load/load.ts', import.meta.url))
const { module } = await runnerImport(path, {
  configFile: false,
  resolve: { external: ['turnwise', '@turnwise/core', '@turnwise/bench', 'autocannon', 'commander', 'undici', 'ws'] },
})
await module.load(process.argv.slice(2))
