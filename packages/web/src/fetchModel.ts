import { type Manifest, parseManifest, TurnwiseError, throwIfAborted } from '@turnwise/core'
import type { DownloadProgress } from '@turnwise/core/runtime'
import type { ModelCache } from './modelCache.js'
import { downloadFile, type ModelFile, request } from './modelFile.js'
import { openPartialFile } from './partialFile.js'
import type { DataFile } from './workerRequests.js'

/** A network that is there but does not answer must not keep a model waiting that the browser has already. */
const MANIFEST_PATIENCE_MS = 3000

/** What a detector is made of; the files are what turnwise.json says. */
export interface FetchedModel {
  readonly manifest: Manifest
  /** The bytes of tokenizer.json. */
  readonly tokenizer: Uint8Array<ArrayBuffer>
  /** The bytes of the graph. */
  readonly weights: Uint8Array<ArrayBuffer>
  /** Those of the files with weights beside it. */
  readonly dataFiles: readonly DataFile[]
  /**
   * The bytes of the graph for WebGPU.
   *
   * @throws TurnwiseError UNSUPPORTED_MODEL if the model has none, and what is wrong with getting it
   */
  webgpuGraph(): Promise<Uint8Array<ArrayBuffer>>
}

/** Options of {@link fetchModel}. */
export interface FetchOptions {
  readonly cache: ModelCache
  readonly onProgress: (progress: DownloadProgress) => void
  readonly signal: AbortSignal | undefined
}

/** A file that is kept by its checksum too: another version is another entry. */
interface KeptFile extends ModelFile {
  readonly key: string
}

/**
 * The files of a model. What turnwise.json says now counts or, if it cannot be reached, what it said last. Files come from
 * the cache; those that it has not are downloaded.
 *
 * @param base the address of the model folder, with a slash at its end
 * @throws TurnwiseError ABORTED, MODEL_NOT_FOUND, MODEL_UNREACHABLE, MODEL_FILE_MISSING, MODEL_FILE_TRUNCATED,
 *   MODEL_FILE_TAMPERED, INVALID_MANIFEST, UNSUPPORTED_MODEL
 */
export async function fetchModel(base: string, options: FetchOptions): Promise<FetchedModel> {
  const manifestUrl = `${base}turnwise.json`
  const keptText = await findText(manifestUrl, options.cache)
  const manifestText = await fetchManifestText(manifestUrl, keptText, options)
  const manifest = readManifest(manifestUrl, manifestText)
  const { file, dataFiles = [], webgpuFile } = manifest.onnx
  const weights = describeFile(base, file, manifest)
  const beside = dataFiles.map((path) => describeFile(base, path, manifest))
  const tokenizer = describeFile(base, 'tokenizer.json', manifest)
  const needed = [weights, ...beside, tokenizer]
  const bytes = await fetchFiles(base, needed, options)
  // Last, so that what is said without a network is what can be had without one.
  if (manifestText !== keptText) await options.cache.keep(manifestUrl, manifestText)
  const graphs = webgpuFile === undefined ? [] : [describeFile(base, webgpuFile, manifest)]
  const keys = [manifestUrl, ...[...needed, ...graphs].map(({ key }) => key)]
  await options.cache.forget((key) => key.startsWith(base) && !keys.includes(key))

  async function webgpuGraph(): Promise<Uint8Array<ArrayBuffer>> {
    const graph = graphs[0] ?? noWebGpuGraph(manifest)
    // It is so small that nobody need see it come.
    return found(await fetchFiles(base, [graph], { ...options, onProgress: () => undefined }), graph)
  }

  return {
    manifest,
    weights: found(bytes, weights),
    dataFiles: beside.map((each) => ({ path: each.name, data: found(bytes, each) })),
    tokenizer: found(bytes, tokenizer),
    webgpuGraph,
  }
}

/** @throws TurnwiseError UNSUPPORTED_MODEL */
export function noWebGpuGraph({ name }: Manifest): never {
  throw new TurnwiseError('UNSUPPORTED_MODEL', `${name} has no graph for WebGPU.`, { value: name })
}

async function findText(key: string, cache: ModelCache): Promise<string | undefined> {
  const bytes = await cache.find(key)
  return bytes && new TextDecoder().decode(bytes)
}

async function fetchManifestText(
  url: string,
  kept: string | undefined,
  { signal }: Pick<FetchOptions, 'signal'>,
): Promise<string> {
  const patience = kept === undefined ? [] : [AbortSignal.timeout(MANIFEST_PATIENCE_MS)]
  try {
    const signals = AbortSignal.any([...patience, ...(signal === undefined ? [] : [signal])])
    return await (await request(url, 'MODEL_NOT_FOUND', { cache: 'no-cache', signal: signals })).text()
  } catch (error) {
    throwIfAborted(signal)
    const isGone = error instanceof TurnwiseError && error.code === 'MODEL_NOT_FOUND'
    if (kept !== undefined && !isGone) return kept
    if (error instanceof TurnwiseError) throw error
    throw new TurnwiseError('MODEL_UNREACHABLE', `${url} broke off.`, { value: url, cause: error })
  }
}

/** @param url what it is called in errors. @throws TurnwiseError INVALID_MANIFEST, UNSUPPORTED_MODEL */
export function readManifest(url: string, text: string): Manifest {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new TurnwiseError('INVALID_MANIFEST', `${url} is no JSON.`, { value: url, cause })
  }
  return parseManifest(json)
}

function describeFile(base: string, name: string, { files }: Manifest): KeptFile {
  const { sha256 = '', sizeBytes = 0 } = files[name] ?? {}
  const url = new URL(name.split('/').map(encodeURIComponent).join('/'), base).href
  return { name, url, sha256, sizeBytes, key: `${url}?sha256=${sha256}` }
}

async function fetchFiles(
  base: string,
  files: readonly KeptFile[],
  { cache, onProgress, signal }: FetchOptions,
): Promise<Map<KeptFile, Uint8Array<ArrayBuffer>>> {
  const bytes = new Map<KeptFile, Uint8Array<ArrayBuffer>>()
  const finding = files.map(async (file) => {
    const kept = await findKept(file, cache)
    if (kept !== undefined) bytes.set(file, kept)
  })
  await Promise.all(finding)
  const missing = files.filter((file) => !bytes.has(file))
  const totalBytes = missing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  let before = 0
  for (const file of missing) {
    throwIfAborted(signal)
    const onBytes = (received: number) =>
      onProgress({ model: base, fileName: file.name, receivedBytes: before + received, totalBytes })
    const partial = openPartialFile(cache, file.key)
    const downloaded = await downloadFile(file, { partial, onBytes, signal })
    await partial.forget()
    await cache.keep(file.key, downloaded)
    bytes.set(file, downloaded)
    before += file.sizeBytes
  }
  return bytes
}

/**
 * A file from the cache; undefined if it has none, or one of another size. Its checksum is not computed again, which
 * would take as long as reading it: what is kept by a checksum had it when it was put there, an entry is there whole or not at
 * all, and nobody but this origin can change it, whose scripts could change this code as well.
 */
async function findKept(file: KeptFile, cache: ModelCache): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = await cache.find(file.key)
  return bytes?.length === file.sizeBytes ? bytes : undefined
}

function found(bytes: ReadonlyMap<KeptFile, Uint8Array<ArrayBuffer>>, file: KeptFile): Uint8Array<ArrayBuffer> {
  return bytes.get(file) ?? new Uint8Array()
}
