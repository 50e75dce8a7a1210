import { unwatchFile, watchFile } from 'node:fs'

/** How often the files are looked at: often enough for keys and certificates. */
const INTERVAL_MS = 2000

/**
 * Calls when one of the files changes. They are looked at from time to time, which also sees links that are changed to
 * point elsewhere, as mounted secrets are.
 *
 * @returns ends it
 */
export function watchFiles(paths: readonly string[], onChange: () => void, intervalMs = INTERVAL_MS): () => void {
  for (const path of paths) watchFile(path, { interval: intervalMs, persistent: false }, onChange)
  return () => {
    for (const path of paths) unwatchFile(path, onChange)
  }
}
