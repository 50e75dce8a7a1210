import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, readlink, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
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
 * Runs a task while no other process runs one under the same lock file. The file of a process that died is taken over: at
 * once if it ran on this host, else when it has been silent for a while.
 *
 * @throws TurnwiseError CACHE_BUSY, CACHE_UNUSABLE, ABORTED, and what the task throws
 */
export async function withLock<Result>(
  path: string,
  signal: AbortSignal | undefined,
  task: () => Promise<Result>,
  timing: LockTiming = DEFAULT_LOCK_TIMING,
): Promise<Result> {
  const token = `${process.pid} ${await findPlace()} ${randomUUID()}\n`
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
    await removeIfVoid(path, timing.staleMs)
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

/** Renames the lock before removing it, so that of two processes that find it void only one does it. */
async function removeIfVoid(path: string, staleMs: number): Promise<void> {
  try {
    const token = await readToken(path)
    const silentMs = Date.now() - (await stat(path)).mtimeMs
    if (silentMs < staleMs && !(await isOfDeadProcess(token))) return
    const aside = `${path}.${randomUUID()}`
    await rename(path, aside)
    // Another process was faster, and the lock is its own by now.
    if ((await readToken(aside)) !== token) await link(aside, path).catch(() => undefined)
    await rm(aside, { force: true })
  } catch (error) {
    // Another process was faster.
    if (!isSystemError(error, 'ENOENT')) throw error
  }
}

/** Whether the holder ran here and is gone, as after Ctrl-C: nobody need wait until it has been silent for long. */
async function isOfDeadProcess(token = ''): Promise<boolean> {
  const [pid = '', place] = token.split(' ')
  if (!/^\d+$/.test(pid) || place !== (await findPlace())) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return isSystemError(error, 'ESRCH')
  }
}

/** Where a process id means one process: hosts may share a cache, and containers of one host may share its name, too. */
async function findPlace(): Promise<string> {
  return `${hostname()}/${await readlink('/proc/self/ns/pid').catch(() => '')}`
}

async function readToken(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}
