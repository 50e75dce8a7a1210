import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { TurnwiseError, throwIfAborted } from '@turnwise/core'
import { hashFiles } from './hashFiles.js'
import { fileAddress, type HubAccess, type HubFile, request } from './hubClient.js'
import type { HubId } from './hubId.js'
import { type HubPatience, pause } from './hubPatience.js'

/** A file to download. */
export interface FileDownload {
  readonly id: HubId
  readonly commit: string
  readonly file: HubFile
  /** Where the file goes; its unfinished part is kept beside it. */
  readonly destination: string
  readonly access: HubAccess
  /** Called with the bytes of this file that are there so far. */
  readonly onBytes: (receivedBytes: number) => void
}

/** A connection that brings less counts as a failed one. */
const WORTHWHILE_BYTES = 65_536

/**
 * Downloads a file whole or not at all: into a file beside the destination, which takes its name when size and
 * checksum are right. What broke off goes on where it stopped, now or in a later call.
 *
 * @throws TurnwiseError DOWNLOAD_INCOMPLETE, DOWNLOAD_CORRUPT, ABORTED, CACHE_UNUSABLE, and those of `request`
 */
export async function downloadFile(download: FileDownload): Promise<void> {
  const { file, destination, onBytes } = download
  const incomplete = `${destination}.incomplete`
  if (await isIntact(destination, file)) return onBytes(file.sizeBytes)
  await inCache(destination, () => mkdir(dirname(destination), { recursive: true }))
  if ((await sizeOf(incomplete)) > file.sizeBytes) await rm(incomplete)
  await receiveAll(download, incomplete, download.access.patience)
  const size = await sizeOf(incomplete)
  if (size !== file.sizeBytes || !(await hasChecksum(incomplete, file))) {
    await rm(incomplete, { force: true })
    const problem = `${file.path} came with ${size} bytes and another content than the ${file.sizeBytes} bytes of the hub.`
    throw new TurnwiseError('DOWNLOAD_CORRUPT', problem, { value: file.path })
  }
  await inCache(destination, () => rename(incomplete, destination))
}

/** Whether there is a file as the hub has it. */
export async function isIntact(path: string, file: HubFile): Promise<boolean> {
  // One that cannot be read is replaced as a damaged one is.
  return (await sizeOf(path)) === file.sizeBytes && hasChecksum(path, file).catch(() => false)
}

/** Connects until the file is there, or until a number of connections in a row have brought next to nothing. */
async function receiveAll(download: FileDownload, incomplete: string, patience: HubPatience): Promise<void> {
  const { file, access } = download
  let received = await sizeOf(incomplete)
  let failures = 0
  let lastFailure: unknown
  while (received < file.sizeBytes || !(await exists(incomplete))) {
    if (failures >= patience.maxAttempts) {
      if (lastFailure instanceof TurnwiseError && received === 0) throw lastFailure
      const problem = `${file.path} broke off at ${received} of ${file.sizeBytes} bytes.`
      throw new TurnwiseError('DOWNLOAD_INCOMPLETE', problem, { value: received, cause: lastFailure })
    }
    if (failures > 0) await pause(patience.retryDelayMs * 2 ** (failures - 1), access.signal)
    try {
      await receive(download, incomplete, received, patience)
    } catch (error) {
      throwIfAborted(access.signal)
      if (!isWorthRetrying(error)) throw error
      lastFailure = error
    }
    const before = received
    received = await sizeOf(incomplete)
    failures = received - before >= WORTHWHILE_BYTES ? 0 : failures + 1
  }
}

/** One connection: appends what it brings to the incomplete file. */
async function receive(
  { id, commit, file, access, onBytes }: FileDownload,
  incomplete: string,
  offset: number,
  { stallTimeoutMs }: HubPatience,
): Promise<void> {
  const stall = new AbortController()
  const signal = access.signal === undefined ? stall.signal : AbortSignal.any([access.signal, stall.signal])
  const range: Record<string, string> = offset === 0 ? {} : { range: `bytes=${offset}-` }
  const url = fileAddress(id, commit, file.path, access)
  const response = await request(url, id, { ...access, signal }, { 'accept-encoding': 'identity', ...range })
  const type = response.headers.get('content-type') ?? ''
  if (/^text\/html\b/i.test(type) && !/\.html?$/.test(file.path)) {
    await response.body?.cancel()
    const problem = `A page of HTML came instead of ${file.path}: a proxy or a login may stand before the hub.`
    throw new TurnwiseError('HUB_FAILED', problem, { value: type })
  }
  // A hub may ignore the range and send the file from its beginning.
  const start = response.status === 206 ? offset : 0
  let received = start
  const target = await inCache(incomplete, () => open(incomplete, start === 0 ? 'w' : 'a'))
  const timer = setTimeout(() => stall.abort(new Error(`Nothing came for ${stallTimeoutMs} ms.`)), stallTimeoutMs)
  try {
    for await (const chunk of response.body ?? []) {
      timer.refresh()
      await inCache(incomplete, () => target.write(chunk))
      received += chunk.byteLength
      onBytes(received)
      if (received > file.sizeBytes) break
    }
    await inCache(incomplete, () => target.sync())
  } finally {
    clearTimeout(timer)
    await target.close()
  }
}

/** @throws TurnwiseError CACHE_UNUSABLE if the action fails, as on a full disk */
async function inCache<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch (cause) {
    throw new TurnwiseError('CACHE_UNUSABLE', `${path} cannot be written.`, { value: path, cause })
  }
}

/** Git names a small file by the SHA-1 of a header and its bytes. */
async function hasChecksum(path: string, { sizeBytes, checksum }: HubFile): Promise<boolean> {
  const job =
    checksum.kind === 'sha256'
      ? ({ path, algorithm: 'sha256', prefix: '' } as const)
      : ({ path, algorithm: 'sha1', prefix: `blob ${sizeBytes}\0` } as const)
  const [hash] = await hashFiles([job])
  return hash === checksum.value
}

/**
 * Whether another connection may do better. A connection that broke may be back in a second, and so may a hub that is
 * not there; a hub that refuses, or a full disk, will not. For one that is busy `request` has waited.
 */
function isWorthRetrying(error: unknown): boolean {
  return !(error instanceof TurnwiseError) || error.code === 'HUB_UNREACHABLE'
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}
