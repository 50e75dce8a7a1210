import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { deriveManifest, type ErrorCode, type Manifest, parseManifest, TurnwiseError } from '@turnwise/core'
import { isSystemError } from './systemError.js'

/** A model on disk. */
export interface ModelFolder {
  readonly path: string
  readonly manifest: Manifest
  /** The path of the graph. */
  readonly onnxPath: string
  /**
   * The parsed tokenizer.json.
   *
   * @throws TurnwiseError MODEL_FILE_MISSING, INVALID_TOKENIZER
   */
  readTokenizer(): Promise<unknown>
}

/**
 * Reads a model folder, of the shipped form (with turnwise.json) or of the published form (without). What turnwise.json
 * says of the files is left to {@link verifyFiles}.
 *
 * @throws TurnwiseError MODEL_NOT_FOUND, MODEL_FILE_MISSING, INVALID_MANIFEST, INVALID_MODEL_CONFIG,
 *   INVALID_TOKENIZER, UNSUPPORTED_MODEL
 */
export async function readModelFolder(path: string): Promise<ModelFolder> {
  if (!(await isFolder(path))) {
    throw new TurnwiseError('MODEL_NOT_FOUND', `There is no folder ${path}.`, { value: path })
  }
  const manifestJson = await readJson(path, 'turnwise.json', 'INVALID_MANIFEST', { isOptional: true })
  if (manifestJson !== undefined) {
    const manifest = parseManifest(manifestJson)
    const readTokenizer = () => readJson(path, 'tokenizer.json', 'INVALID_TOKENIZER')
    return { path, manifest, onnxPath: join(path, manifest.onnx.file), readTokenizer }
  }
  const config = await readJson(path, 'config.json', 'INVALID_MODEL_CONFIG')
  const tokenizerJson = await readJson(path, 'tokenizer.json', 'INVALID_TOKENIZER')
  const manifest = deriveManifest(config, tokenizerJson)
  if ((await findFileSize(path, manifest.onnx.file)) === undefined) throw missingFile(path, manifest.onnx.file)
  return { path, manifest, onnxPath: join(path, manifest.onnx.file), readTokenizer: async () => tokenizerJson }
}

/** Whether there is a folder at a path. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

/** The size of a file in bytes; undefined if there is none. */
export async function findFileSize(path: string, name: string): Promise<number | undefined> {
  try {
    const stats = await stat(join(path, name))
    return stats.isFile() ? stats.size : undefined
  } catch {
    return undefined
  }
}

async function readJson(path: string, name: string, code: ErrorCode, { isOptional = false } = {}): Promise<unknown> {
  let text: string
  try {
    text = await readFile(join(path, name), 'utf8')
  } catch (cause) {
    if (isOptional && isSystemError(cause, 'ENOENT')) return undefined
    throw missingFile(path, name, cause)
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new TurnwiseError(code, `${join(path, name)} is no JSON.`, { value: name, cause })
  }
}

/** What is said of a file of a model that is not there, or that the process may not read. */
export function missingFile(path: string, name: string, cause?: unknown): TurnwiseError {
  const options = cause === undefined ? { value: name } : { value: name, cause }
  return new TurnwiseError('MODEL_FILE_MISSING', `${join(path, name)} is missing or cannot be read.`, options)
}
