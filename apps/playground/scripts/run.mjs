/** Runs a script in TypeScript, which Node 20 cannot do by itself: `node run.mjs measure`. */
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const SCRIPTS = {
  measure: new URL('measure.ts', import.meta.url),
  screenshots: new URL('screenshots.ts', import.meta.url),
}

const [name, ...args] = process.argv.slice(2)
const { module } = await runnerImport(fileURLToPath(SCRIPTS[name]), {
  configFile: false,
  resolve: { external: ['@turnwise/core', '@turnwise/web'] },
})
await module.main(args)
