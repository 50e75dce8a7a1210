import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TurnwiseError } from '@turnwise/core'
import { withLock } from './cacheLock.js'
import { downloadFile, isIntact } from './downloadFile.js'
import { fetchCommit, fetchFileList, type HubFile } from './hubClient.js'
import { formatHubId, type HubId } from './hubId.js'
import { DEFAULT_HUB_PATIENCE, type HubPatience } from './hubPatience.js'
import type { ResolvedLoadOptions } from './loadOptions.js'
import { isFolder } from './modelFolder.js'
import { isSystemError } from './systemError.js'

/** Where what comes from the hub is kept, and how to reach it. */
export type HubOptions = Pick<
  ResolvedLoadOptions,
  'cacheDir' | 'offline' | 'hubEndpoint' | 'hubToken' | 'onProgress' | 'signal'
>

/** What a commit has to offer. */
interface HubContents {
  readonly files: readonly HubFile[]
  /** Where files are downloaded to, by their paths. */
  readonly folder: string
  /** Downloads some, those that are not there yet. */
  download(files: readonly HubFile[]): Promise<void>
}

/** Downloads what is needed of a commit. */
export type FillFolder = (contents: HubContents) => Promise<void>

/**
 * The folder with what is needed of a model or a data set: from the cache without asking the hub, else downloaded.
 *
 * @throws TurnwiseError OFFLINE and those of {@link pullHubFolder}
 */
export async function findHubFolder(id: HubId, options: HubOptions, fill: FillFolder): Promise<string> {
  const cached = await findInCache(id, options)
  if (cached !== undefined) return cached
  if (options.offline) {
    const name = formatHubId(id)
    throw new TurnwiseError('OFFLINE', `${name} is not complete in ${options.cacheDir}.`, { value: name })
  }
  return pullHubFolder(id, options, fill)
}

/**
 * Downloads what a revision is now, as far as the cache has it not or has it damaged: whole or not at all, by one process
 * at a time.
 *
 * @throws TurnwiseError HUB_NOT_FOUND, HUB_ACCESS_DENIED, HUB_UNREACHABLE, HUB_FAILED, DOWNLOAD_INCOMPLETE,
 *   DOWNLOAD_CORRUPT, CACHE_BUSY, CACHE_UNUSABLE, ABORTED, and those of `fill`
 */
export async function pullHubFolder(
  id: HubId,
  options: HubOptions,
  fill: FillFolder,
  patience: HubPatience = DEFAULT_HUB_PATIENCE,
): Promise<string> {
  const access = { ...options, patience }
  const commit = await fetchCommit(id, access)
  const folder = cacheFolder(id, options)
  const path = join(folder, commit)
  return withLock(join(folder, 'lock'), options.signal, async () => {
    const partial = `${path}.partial`
    const files = await fetchFileList(id, commit, access)
    // From here on it is incomplete: whoever loads it meanwhile waits for the download.
    if ((await isFolder(path)) && !(await hasAll(path, files, fill))) await moveOver(path, partial)
    // Another process may have been downloading it until now.
    if (!(await isFolder(path))) {
      let received = 0
      await fill({
        files,
        folder: partial,
        async download(wanted) {
          const totalBytes = wanted.reduce((sum, file) => sum + file.sizeBytes, received)
          for (const file of wanted) {
            const before = received
            const progress = { model: formatHubId(id), fileName: file.path, totalBytes }
            const onBytes = (bytes: number) => options.onProgress({ ...progress, receivedBytes: before + bytes })
            await downloadFile({ id, commit, file, destination: join(partial, file.path), access, onBytes })
            received += file.sizeBytes
          }
        },
      })
      await rename(partial, path)
    }
    await writeReference(id, commit, options)
    return path
  })
}

/** Whether a folder has each file that is needed, as the hub has it. */
async function hasAll(folder: string, files: readonly HubFile[], fill: FillFolder): Promise<boolean> {
  let areIntact = true
  async function check(wanted: readonly HubFile[]): Promise<void> {
    for (const file of wanted) areIntact &&= await isIntact(join(folder, file.path), file)
  }
  try {
    await fill({ files, folder, download: check })
  } catch (error) {
    // What names the other files may be damaged itself.
    if (areIntact) throw error
  }
  return areIntact
}

async function moveOver(path: string, destination: string): Promise<void> {
  await rm(destination, { recursive: true, force: true })
  await rename(path, destination)
}

/** `<cache>/models/owner--name/<commit>/…`, and `refs/<revision>` with the commit that was last found for it. */
function cacheFolder({ kind, owner, name }: HubId, { cacheDir }: HubOptions): string {
  return join(cacheDir, kind, `${owner}--${name}`)
}

function referencePath(id: HubId, options: HubOptions): string {
  return join(cacheFolder(id, options), 'refs', encodeURIComponent(id.revision))
}

async function findInCache(id: HubId, options: HubOptions): Promise<string | undefined> {
  const commit = await readFile(referencePath(id, options), 'utf8').catch((cause: unknown) => {
    if (isSystemError(cause, 'ENOENT', 'ENOTDIR')) return undefined
    const problem = `${options.cacheDir} cannot be read.`
    throw new TurnwiseError('CACHE_UNUSABLE', problem, { value: options.cacheDir, cause })
  })
  if (commit === undefined || !/^[0-9a-f]{40}$/.test(commit)) return undefined
  const path = join(cacheFolder(id, options), commit)
  return (await isFolder(path)) ? path : undefined
}

async function writeReference(id: HubId, commit: string, options: HubOptions): Promise<void> {
  const path = referencePath(id, options)
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(`${path}.new`, commit)
  await rename(`${path}.new`, path)
  await rm(`${join(cacheFolder(id, options), commit)}.partial`, { recursive: true, force: true })
}
