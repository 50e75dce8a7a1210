import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Tests run on the sources: no build can be stale. Only the model's thread is the built one; `npm test` builds first. */
function source(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@turnwise\/core\/runtime$/, replacement: source('packages/core/src/runtime.ts') },
      { find: /^@turnwise\/core\/testing$/, replacement: source('packages/core/src/testing.ts') },
      { find: /^@turnwise\/core$/, replacement: source('packages/core/src/index.ts') },
      { find: /^turnwise$/, replacement: source('packages/node/src/index.ts') },
      { find: /^@turnwise\/server$/, replacement: source('packages/server/src/index.ts') },
      { find: /^@turnwise\/client$/, replacement: source('packages/client/src/index.ts') },
      { find: /^@turnwise\/web$/, replacement: source('packages/web/src/index.ts') },
      { find: /^@turnwise\/bench\/defaults$/, replacement: source('packages/bench/src/defaults.ts') },
      { find: /^@turnwise\/bench$/, replacement: source('packages/bench/src/index.ts') },
    ],
  },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'deploy/test/*.test.ts', 'apps/*/{src,e2e}/**/*.test.ts'],
    // A native runtime is loaded by some tests; threads of one process would share its pools.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
  },
})
