import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the system keeps what a user's programs can fetch again. */
export function defaultCacheFolder(
  environment: Readonly<Record<string, string | undefined>>,
  platform: string = process.platform,
): string {
  if (platform === 'win32') {
    return join(environment.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'turnwise', 'Cache')
  }
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'turnwise')
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'turnwise')
}
