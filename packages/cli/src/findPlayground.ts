import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** A package of the repository that is not published. */
const PLAYGROUND_PACKAGE = '@turnwise/playground'

/** The folder that the page of the playground is built into; undefined outside of the repository. */
export function findPlayground(): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${PLAYGROUND_PACKAGE}/package.json`)), 'dist')
  } catch {
    return undefined
  }
}
