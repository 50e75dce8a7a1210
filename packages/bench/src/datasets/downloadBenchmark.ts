import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isRecord, TurnwiseError } from '@turnwise/core'
import { type PublishedSplit, pathsOfSplit } from './publishedBenchmark.js'

/** Where a data set is downloaded from and to. */
export interface BenchmarkDownload {
  /** `owner/name` of a data set on the hub. */
  readonly id: string
  readonly splits: readonly PublishedSplit[]
  readonly hubEndpoint: string
  readonly hubToken: string | undefined
  readonly cacheDir: string
}

interface HubFile {
  readonly path: string
  readonly sizeBytes: number
  /** Large files only. */
  readonly sha256: string | undefined
}

const ANSWER_TIMEOUT_MS = 60_000

/**
 * Downloads the files of some splits, those that are not there yet; sizes and checksums are compared with the hub's.
 *
 * @returns the folder with the files
 * @throws TurnwiseError HUB_NOT_FOUND, HUB_ACCESS_DENIED, HUB_UNREACHABLE, HUB_FAILED, DOWNLOAD_CORRUPT, CACHE_UNUSABLE
 */
export async function downloadBenchmark(download: BenchmarkDownload): Promise<string> {
  const { id, splits, hubEndpoint, cacheDir } = download
  const folder = join(cacheDir, 'datasets', id.replace('/', '--'))
  const list = await (await request(`${hubEndpoint}/api/datasets/${id}/tree/main?recursive=true`, download)).json()
  const files = readList(list, id)
  const names = files.map(({ path }) => path)
  for (const path of splits.flatMap((split) => pathsOfSplit(names, split))) {
    const file = files.find((each) => each.path === path)
    if (file !== undefined) await downloadFile(file, folder, download)
  }
  return folder
}

async function downloadFile(file: HubFile, folder: string, download: BenchmarkDownload): Promise<void> {
  const destination = join(folder, file.path)
  const there = await readFile(destination).catch(() => undefined)
  if (there !== undefined && matches(file, there)) return
  const path = file.path.split('/').map(encodeURIComponent).join('/')
  const response = await request(`${download.hubEndpoint}/datasets/${download.id}/resolve/main/${path}`, download)
  const bytes = Buffer.from(await response.arrayBuffer())
  if (!matches(file, bytes)) {
    const problem = `${file.path} came with ${bytes.length} bytes and another content than the ${file.sizeBytes} of the hub.`
    throw new TurnwiseError('DOWNLOAD_CORRUPT', problem, { value: file.path })
  }
  try {
    await mkdir(dirname(destination), { recursive: true })
    await writeFile(`${destination}.incomplete`, bytes)
    await rename(`${destination}.incomplete`, destination)
  } catch (cause) {
    throw new TurnwiseError('CACHE_UNUSABLE', `${destination} cannot be written.`, { value: destination, cause })
  }
}

function matches({ sizeBytes, sha256 }: HubFile, bytes: Uint8Array): boolean {
  if (bytes.length !== sizeBytes) return false
  return sha256 === undefined || createHash('sha256').update(bytes).digest('hex') === sha256
}

async function request(url: string, { id, hubToken }: BenchmarkDownload): Promise<Response> {
  const headers: Record<string, string> = hubToken === undefined ? {} : { authorization: `Bearer ${hubToken}` }
  let response: Response
  try {
    response = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) })
  } catch (cause) {
    const { host } = new URL(url)
    throw new TurnwiseError('HUB_UNREACHABLE', `${host} cannot be reached for ${id}.`, { value: host, cause })
  }
  if (response.ok) return response
  const { status } = response
  const isRefused = status === 401 || status === 403
  const code = status === 404 ? 'HUB_NOT_FOUND' : isRefused ? 'HUB_ACCESS_DENIED' : 'HUB_FAILED'
  throw new TurnwiseError(code, `The hub answered ${status} for the data set ${id}.`, { value: status })
}

function readList(list: unknown, id: string): HubFile[] {
  if (!Array.isArray(list))
    throw new TurnwiseError('HUB_FAILED', `The hub's answer about ${id} holds no list of files.`)
  return (list as unknown[]).flatMap((entry) => {
    const { type, path, size, lfs } = isRecord(entry) ? entry : {}
    if (type !== 'file' || typeof path !== 'string' || typeof size !== 'number') return []
    // A path of the hub's must not reach out of the folder.
    if (path.split('/').some((part) => part === '' || part === '..') || path.includes('\\')) return []
    const sha256 = isRecord(lfs) && typeof lfs.oid === 'string' ? lfs.oid : undefined
    return [{ path, sizeBytes: size, sha256 }]
  })
}
