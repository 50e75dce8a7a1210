import { TurnwiseError } from '@turnwise/core'
import { type FetchedModel, noWebGpuGraph, readManifest } from './fetchModel.js'
import { checkFile } from './modelFile.js'

const MANIFEST_NAME = 'turnwise.json'

/**
 * The files of a model that the user has chosen: those of a folder, or some without a folder. They are checked as
 * downloaded ones are, and not kept.
 *
 * @throws TurnwiseError MODEL_NOT_FOUND, MODEL_UNREACHABLE, MODEL_FILE_MISSING, MODEL_FILE_TRUNCATED,
 *   MODEL_FILE_TAMPERED, INVALID_MANIFEST, UNSUPPORTED_MODEL
 */
export async function readModel(files: readonly File[]): Promise<FetchedModel> {
  const byPath = new Map(files.map((file) => [file.webkitRelativePath || file.name, file]))
  const folder = findModelFolder([...byPath.keys()])

  async function read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const path = `${folder}${name}`
    const file = byPath.get(path)
    if (file === undefined) {
      throw new TurnwiseError('MODEL_FILE_MISSING', `There is no ${path} among the files.`, { value: path })
    }
    try {
      return new Uint8Array(await file.arrayBuffer())
    } catch (cause) {
      throw new TurnwiseError('MODEL_UNREACHABLE', `${path} cannot be read.`, { value: path, cause })
    }
  }

  const manifest = readManifest(`${folder}${MANIFEST_NAME}`, new TextDecoder().decode(await read(MANIFEST_NAME)))

  async function readChecked(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await read(name)
    const { sha256 = '', sizeBytes = 0 } = manifest.files[name] ?? {}
    await checkFile({ name, url: `${folder}${name}`, sha256, sizeBytes }, bytes)
    return bytes
  }

  const { file, dataFiles = [] } = manifest.onnx
  return {
    manifest,
    weights: await readChecked(file),
    dataFiles: await Promise.all(dataFiles.map(async (path) => ({ path, data: await readChecked(path) }))),
    tokenizer: await readChecked('tokenizer.json'),
    webgpuGraph: async () => readChecked(manifest.onnx.webgpuFile ?? noWebGpuGraph(manifest)),
  }
}

/** Where turnwise.json is, the outermost if there are several: with a slash at its end, or empty. */
function findModelFolder(paths: readonly string[]): string {
  const folders = paths
    .filter((path) => path === MANIFEST_NAME || path.endsWith(`/${MANIFEST_NAME}`))
    .map((path) => path.slice(0, -MANIFEST_NAME.length))
  const [outermost] = folders.toSorted((a, b) => a.length - b.length)
  if (outermost !== undefined) return outermost
  const problem = `There is no ${MANIFEST_NAME} among the files.`
  throw new TurnwiseError('MODEL_NOT_FOUND', problem, { value: MANIFEST_NAME })
}
