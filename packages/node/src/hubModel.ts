import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Manifest, parseManifest, TurnwiseError } from '@turnwise/core'
import { withLock } from './cacheLock.js'
import { DEFAULT_DOWNLOAD_PATIENCE, type DownloadPatience, downloadFile } from './downloadFile.js'
import { fetchCommit, fetchFileList, type HubFile } from './hubClient.js'
import { formatHubId, type HubId } from './hubId.js'
import type { ResolvedLoadOptions } from './loadOptions.js'
import { isFolder } from './modelFolder.js'
import { isSystemError } from './systemError.js'

/** What a model of the published form needs. */
const PUBLISHED_FILES = ['config.json', 'tokenizer.json', 'onnx/model_q8.onnx']
/** Weights beside the graph, where they do not fit into it. */
const PUBLISHED_WEIGHTS = /^onnx\/model_q8\.onnx_?\.?data/

/**
 * The folder of a model of the hub: from the cache without asking the hub, else downloaded.
 *
 * @throws TurnwiseError OFFLINE and those of {@link pullHubModel}
 */
export async function findHubModel(id: HubId, options: ResolvedLoadOptions): Promise<string> {
  const cached = await findInCache(id, options)
  if (cached !== undefined) return cached
  if (options.offline) {
    const name = formatHubId(id)
    throw new TurnwiseError('OFFLINE', `${name} is not complete in ${options.cacheDir}.`, { value: name })
  }
  return pullHubModel(id, options)
}

/**
 * Downloads what a model's revision is now, as far as the cache has it not.
 *
 * @throws TurnwiseError HUB_NOT_FOUND, HUB_ACCESS_DENIED, HUB_UNREACHABLE, HUB_FAILED, DOWNLOAD_INCOMPLETE,
 *   DOWNLOAD_CORRUPT, CACHE_BUSY, CACHE_UNUSABLE, ABORTED, INVALID_MANIFEST, UNSUPPORTED_MODEL
 */
export async function pullHubModel(
  id: HubId,
  options: ResolvedLoadOptions,
  patience: DownloadPatience = DEFAULT_DOWNLOAD_PATIENCE,
): Promise<string> {
  const commit = await fetchCommit(id, options)
  const folder = cacheFolder(id, options)
  const path = join(folder, commit)
  return withLock(join(folder, 'lock'), options.signal, async () => {
    // Another process may have been downloading it until now.
    if (!(await isFolder(path))) {
      const partial = `${path}.partial`
      await downloadAll(id, commit, partial, options, patience)
      await rename(partial, path)
    }
    await writeReference(id, commit, options)
    return path
  })
}

async function downloadAll(
  id: HubId,
  commit: string,
  partial: string,
  options: ResolvedLoadOptions,
  patience: DownloadPatience,
): Promise<void> {
  const all = await fetchFileList(id, commit, options)
  let received = 0
  async function download(files: readonly HubFile[]): Promise<void> {
    const totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, received)
    for (const file of files) {
      const before = received
      const onBytes = (bytes: number) => {
        options.onProgress({ model: formatHubId(id), fileName: file.path, receivedBytes: before + bytes, totalBytes })
      }
      const destination = join(partial, file.path)
      await downloadFile({ id, commit, file, destination, access: options, onBytes }, patience)
      received += file.sizeBytes
    }
  }
  const manifestFile = all.find(({ path }) => path === 'turnwise.json')
  if (manifestFile === undefined) {
    const weights = all.filter(({ path }) => PUBLISHED_WEIGHTS.test(path))
    return download([...pick(id, all, PUBLISHED_FILES), ...weights])
  }
  await download([manifestFile])
  const manifest = await readManifest(join(partial, 'turnwise.json'))
  await download(pick(id, all, Object.keys(manifest.files)))
}

async function readManifest(path: string): Promise<Manifest> {
  const text = await readFile(path, 'utf8')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new TurnwiseError('INVALID_MANIFEST', 'turnwise.json of the hub is no JSON.', { cause })
  }
  return parseManifest(json)
}

function pick(id: HubId, all: readonly HubFile[], paths: readonly string[]): HubFile[] {
  return paths.map((path) => {
    const file = all.find((candidate) => candidate.path === path)
    if (file !== undefined) return file
    throw new TurnwiseError('HUB_NOT_FOUND', `${formatHubId(id)} has no file ${path}.`, { value: path })
  })
}

/** `<cache>/models/owner--name/<commit>/…`, and `refs/<revision>` with the commit that was last found for it. */
function cacheFolder({ owner, name }: HubId, { cacheDir }: ResolvedLoadOptions): string {
  return join(cacheDir, 'models', `${owner}--${name}`)
}

function referencePath(id: HubId, options: ResolvedLoadOptions): string {
  return join(cacheFolder(id, options), 'refs', encodeURIComponent(id.revision))
}

async function findInCache(id: HubId, options: ResolvedLoadOptions): Promise<string | undefined> {
  const commit = await readFile(referencePath(id, options), 'utf8').catch((cause: unknown) => {
    if (isSystemError(cause, 'ENOENT', 'ENOTDIR')) return undefined
    const problem = `${options.cacheDir} cannot be read.`
    throw new TurnwiseError('CACHE_UNUSABLE', problem, { value: options.cacheDir, cause })
  })
  if (commit === undefined || !/^[0-9a-f]{40}$/.test(commit)) return undefined
  const path = join(cacheFolder(id, options), commit)
  return (await isFolder(path)) ? path : undefined
}

async function writeReference(id: HubId, commit: string, options: ResolvedLoadOptions): Promise<void> {
  const path = referencePath(id, options)
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(`${path}.new`, commit)
  await rename(`${path}.new`, path)
  await rm(`${join(cacheFolder(id, options), commit)}.partial`, { recursive: true, force: true })
}
