import { createRequire } from 'node:module'

/** The version of this package. */
export function readVersion(): string {
  // The same from src/ and from dist/.
  const { version }: { version: string } = createRequire(import.meta.url)('../package.json')
  return version
}
