import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Manifest, parseManifest, TurnwiseError } from '@turnwise/core'
import type { HubFile } from './hubClient.js'
import { type FillFolder, findHubFolder, type HubOptions, pullHubFolder } from './hubFolder.js'
import { formatHubId, type HubId } from './hubId.js'
import type { HubPatience } from './hubPatience.js'

/** What a model of the published form needs. */
const PUBLISHED_FILES = ['config.json', 'tokenizer.json', 'onnx/model_q8.onnx']
/** Weights beside the graph, where they do not fit into it. */
const PUBLISHED_WEIGHTS = /^onnx\/model_q8\.onnx_?\.?data/

/**
 * The folder of a model of the hub: from the cache without asking the hub, else downloaded.
 *
 * @throws TurnwiseError OFFLINE and those of {@link pullHubModel}
 */
export async function findHubModel(id: HubId, options: HubOptions): Promise<string> {
  return findHubFolder(id, options, modelFilesOf(id))
}

/**
 * Downloads what a model's revision is now, as far as the cache has it not.
 *
 * @throws TurnwiseError INVALID_MANIFEST, UNSUPPORTED_MODEL and those of `pullHubFolder`
 */
export async function pullHubModel(id: HubId, options: HubOptions, patience?: HubPatience): Promise<string> {
  return pullHubFolder(id, options, modelFilesOf(id), patience)
}

function modelFilesOf(id: HubId): FillFolder {
  return async ({ files, folder, download }) => {
    const manifestFile = files.find(({ path }) => path === 'turnwise.json')
    if (manifestFile === undefined) {
      const weights = files.filter(({ path }) => PUBLISHED_WEIGHTS.test(path))
      return download([...pick(id, files, PUBLISHED_FILES), ...weights])
    }
    await download([manifestFile])
    const manifest = await readManifest(join(folder, 'turnwise.json'))
    return download(pick(id, files, Object.keys(manifest.files)))
  }
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
