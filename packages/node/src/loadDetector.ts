import { createDetector, createTokenizer, type Detector, type Manifest, throwIfAborted } from '@turnwise/core'
import { type LoadOptions, type Runtime, resolveLoadOptions } from './loadOptions.js'
import { type ModelFolder, readModelFolder } from './modelFolder.js'
import { type OpenModelOptions, openModel } from './openModel.js'
import { resolveModel } from './resolveModel.js'
import { verifyFiles } from './verifyModel.js'

/** A detector on Node: that of every other runtime, and what it runs on. */
export interface NodeDetector extends Detector {
  /** What runs the model. Where it is not `native`, asking for that says why. */
  readonly runtime: Runtime
}

/**
 * Loads a model and makes a detector of it. Without options: the bundled model, from disk.
 *
 * @throws TurnwiseError INVALID_OPTION, ABORTED, RUNTIME_UNAVAILABLE, and what is wrong with the model:
 *   MODEL_NOT_FOUND, MODEL_FILE_MISSING, MODEL_FILE_TRUNCATED, MODEL_FILE_TAMPERED, MODEL_FILE_INVALID, MODEL_FAILED,
 *   INVALID_MANIFEST, INVALID_MODEL_CONFIG, INVALID_TOKENIZER, UNSUPPORTED_MODEL, or with getting it from the hub:
 *   HUB_NOT_FOUND, HUB_ACCESS_DENIED, HUB_UNREACHABLE, HUB_FAILED, OFFLINE, DOWNLOAD_INCOMPLETE, DOWNLOAD_CORRUPT,
 *   CACHE_BUSY, CACHE_UNUSABLE
 */
export async function loadDetector(options: LoadOptions = {}): Promise<NodeDetector> {
  const resolved = resolveLoadOptions(options)
  throwIfAborted(resolved.signal)
  const path = await resolveModel(resolved)
  throwIfAborted(resolved.signal)
  const detector = await loadFolder(await readModelFolder(path), resolved)
  if (resolved.signal?.aborted === true) await detector.close()
  throwIfAborted(resolved.signal)
  return detector
}

async function loadFolder(
  { path, manifest, onnxPath, readTokenizer }: ModelFolder,
  options: OpenModelOptions,
): Promise<NodeDetector> {
  // Three threads: one for the checksums, one for the graph, and this one for the tokenizer.
  const [checked, tokenizer, opened] = await Promise.allSettled([
    checkFiles(path, manifest),
    readTokenizer().then(createTokenizer),
    openModel(onnxPath, manifest, options),
  ])
  if (checked.status === 'fulfilled' && tokenizer.status === 'fulfilled' && opened.status === 'fulfilled') {
    const { model, runtime } = opened.value
    return { ...createDetector(model, tokenizer.value, manifest), runtime }
  }
  if (opened.status === 'fulfilled') await opened.value.model.close()
  // The first in this order: a broken file explains everything else.
  throw [checked, tokenizer, opened].find((part) => part.status === 'rejected')?.reason
}

/** @throws TurnwiseError MODEL_FILE_MISSING, MODEL_FILE_TRUNCATED, MODEL_FILE_TAMPERED */
async function checkFiles(path: string, manifest: Manifest): Promise<void> {
  const reports = await verifyFiles(path, manifest)
  const error = reports.find((report) => report.error !== undefined)?.error
  if (error !== undefined) throw error
}
