/** Runs fuzz/fuzz.ts, which Node 20 cannot do by itself. */
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const path = fileURLToPath(new URL('fuzz/fuzz.ts', import.meta.url))
const { module } = await runnerImport(path, {
  configFile: false,
  resolve: { external: ['@turnwise/core', '@turnwise/core/testing', 'ws'] },
})
await (process.send === undefined ? module.fuzz(process.argv.slice(2)) : module.serve())
