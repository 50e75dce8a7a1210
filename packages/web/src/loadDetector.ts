import { createDetector, createTokenizer, type Tokenizer, TurnwiseError, throwIfAborted } from '@turnwise/core'
import { createGraphModel, type Graph, type GraphModelOptions } from '@turnwise/core/runtime'
import { chooseFaster } from './chooseFaster.js'
import { type Execution, findWebGpuProblem } from './execution.js'
import { type FetchedModel, fetchModel } from './fetchModel.js'
import { type LoadOptions, resolveLoadOptions } from './loadOptions.js'
import { openModelCache } from './modelCache.js'
import { readModel } from './readModel.js'
import { type Rival, startRival } from './rival.js'
import { type ModelWorker, startWorker } from './startWorker.js'
import type { WebDetector } from './webDetector.js'

/**
 * Loads a model and makes a detector of it. The files come from the browser's cache, are downloaded into it, or
 * are those that the user has chosen.
 *
 * @throws TurnwiseError INVALID_OPTION, ABORTED, RUNTIME_UNAVAILABLE, and what is wrong with the model or with getting it:
 *   MODEL_NOT_FOUND, MODEL_UNREACHABLE, MODEL_FILE_MISSING, MODEL_FILE_TRUNCATED, MODEL_FILE_TAMPERED,
 *   MODEL_FILE_INVALID, MODEL_FAILED, INVALID_MANIFEST, INVALID_TOKENIZER, UNSUPPORTED_MODEL
 */
export async function loadDetector(options: LoadOptions): Promise<WebDetector> {
  const { model, execution, createWorker, threads, onProgress, signal, ...limits } = resolveLoadOptions(options)
  throwIfAborted(signal)
  if (!isSecureContext) {
    throw new TurnwiseError('RUNTIME_UNAVAILABLE', 'The page comes neither by https nor from this machine.')
  }
  const problem = execution === 'webgpu' ? await findWebGpuProblem() : undefined
  if (problem !== undefined) throw new TurnwiseError('RUNTIME_UNAVAILABLE', problem)
  const start = (each: Execution) =>
    startWorker(createWorker, { execution: each, threads: each === 'wasm' ? threads : 1 })
  const worker = start(execution === 'webgpu' ? 'webgpu' : 'wasm')
  // Browsers take their time to look for a graphics card. WebAssembly does not wait for that.
  const rival = execution === 'auto' ? startRival(() => start('webgpu')) : undefined
  const cache = await openModelCache()
  try {
    const files =
      typeof model === 'string' ? await fetchModel(model, { cache, onProgress, signal }) : await readModel(model)
    // The page reads the tokenizer while the workers read the graphs.
    const tokenizer = readTokenizer(files.tokenizer)
    const isPossible = rival !== undefined && (await rival.mayCome())
    const opening = isPossible ? openRival(rival, withOwnWeights(files), tokenizer, limits) : undefined
    // Nobody asked for it: if it fails, it is not chosen.
    opening?.catch(() => undefined)
    const detector = await openDetector(worker, files, tokenizer, limits)
    const chosen = opening === undefined ? detector : await chooseFaster(detector, opening)
    throwIfAborted(signal)
    if (chosen.execution === worker.execution) rival?.giveUp()
    else worker.terminate()
    return chosen
  } catch (error) {
    worker.terminate()
    rival?.giveUp()
    if (typeof model === 'string' && isOfContent(error)) await cache.forget((key) => key.startsWith(model))
    throw error
  }
}

/** What is kept is not hashed again: should it have been damaged since, it is downloaded the next time. */
function isOfContent(error: unknown): boolean {
  return error instanceof TurnwiseError && ['MODEL_FILE_INVALID', 'INVALID_TOKENIZER'].includes(error.code)
}

async function openDetector(
  worker: ModelWorker,
  files: FetchedModel,
  reading: Promise<Tokenizer>,
  limits: GraphModelOptions,
): Promise<WebDetector> {
  const [graph, tokenizer] = await Promise.all([openGraph(worker, files), reading])
  const { execution, threads } = worker
  const detector = createDetector(createGraphModel(graph, limits), tokenizer, files.manifest)
  return { ...detector, execution, threads }
}

async function openRival(
  rival: Rival,
  files: FetchedModel,
  reading: Promise<Tokenizer>,
  limits: GraphModelOptions,
): Promise<WebDetector> {
  return openDetector(await rival.arrive(), files, reading, limits)
}

/** Each worker takes the weights that it is given. */
function withOwnWeights(files: FetchedModel): FetchedModel {
  const dataFiles = files.dataFiles.map(({ path, data }) => ({ path, data: data.slice() }))
  return { ...files, weights: files.weights.slice(), dataFiles }
}

async function openGraph(worker: ModelWorker, files: FetchedModel): Promise<Graph> {
  const { manifest, weights, dataFiles, webgpuGraph } = files
  if (worker.execution === 'wasm') return worker.open({ manifest, weights, dataFiles })
  return worker.open({ manifest, weights, dataFiles, webgpuGraph: await webgpuGraph() })
}

/** @throws TurnwiseError INVALID_TOKENIZER, UNSUPPORTED_MODEL */
async function readTokenizer(bytes: Uint8Array<ArrayBuffer>): Promise<Tokenizer> {
  // Once the workers have been given their graphs: that takes them longer.
  await undefined
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new TurnwiseError('INVALID_TOKENIZER', 'tokenizer.json is no JSON.', { cause })
  }
  return createTokenizer(json)
}
