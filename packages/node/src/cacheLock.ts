import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { TurnwiseError, throwIfAborted } from '@turnwise/core'
import { isSystemError } from './systemError.js'

/** How a lock behaves. */
export interface LockTiming {
  /** How often a waiting process looks again. */
  readonly pollMs: number
  /** How often the holder says that it lives. */
  readonly heartbeatMs: number
  /** A lock whose holder has been silent for so long is void. */
  readonly staleMs: number
  /** How long to wait for another process. */
  readonly timeoutMs: number
}

const DEFAULT_LOCK_TIMING: LockTiming = {
  pollMs: 200,
  heartbeatMs: 5_000,
  staleMs: 30_000,
  timeoutMs: 30 * 60_000,
}

/**
 * Runs a task while no other process runs one under the same lock file. The file of a process that died is taken over.
 *
 * @throws TurnwiseError CACHE_BUSY, CACHE_UNUSABLE, ABORTED, and what the task throws
 */
export async function withLock<Result>(
  path: string,
  signal: AbortSignal | undefined,
  task: () => Promise<Result>,
  timing: LockTiming = DEFAULT_LOCK_TIMING,
): Promise<Result> {
  const token = `${process.pid} ${randomUUID()}\n`
  await acquire(path, token, signal, timing)
  const heartbeat = setInterval(() => {
    const now = new Date()
    // A lock that is gone is found out at the end; the work is valid all the same.
    utimes(path, now, now).catch(() => undefined)
  }, timing.heartbeatMs)
  heartbeat.unref()
  try {
    return await task()
  } finally {
    clearInterval(heartbeat)
    if ((await readToken(path)) === token) await rm(path, { force: true })
  }
}

async function acquire(
  path: string,
  token: string,
  signal: AbortSignal | undefined,
  timing: LockTiming,
): Promise<void> {
  const start = performance.now()
  while (!(await tryCreate(path, token))) {
    await removeIfStale(path, timing.staleMs)
    throwIfAborted(signal)
    if (performance.now() - start > timing.timeoutMs) {
      const waited = Math.round(timing.timeoutMs / 1000)
      throw new TurnwiseError('CACHE_BUSY', `The lock ${path} was not free for ${waited} seconds.`, { value: path })
    }
    await delay(timing.pollMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
  }
}

async function tryCreate(path: string, token: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, token, { flag: 'wx' })
    return true
  } catch (cause) {
    if (isSystemError(cause, 'EEXIST')) return false
    throw new TurnwiseError('CACHE_UNUSABLE', `${dirname(path)} cannot be written.`, { value: path, cause })
  }
}

/** Renames the lock before removing it, so that of two processes that find it stale only one does it. */
async function removeIfStale(path: string, staleMs: number): Promise<void> {
  try {
    if (Date.now() - (await stat(path)).mtimeMs < staleMs) return
    const aside = `${path}.${randomUUID()}`
    await rename(path, aside)
    await rm(aside, { force: true })
  } catch (error) {
    // Another process was faster.
    if (!isSystemError(error, 'ENOENT')) throw error
  }
}

async function readToken(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}
