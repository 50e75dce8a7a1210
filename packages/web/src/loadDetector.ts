import {
  createDetector,
  createTokenizer,
  type Detector,
  type Tokenizer,
  TurnwiseError,
  throwIfAborted,
} from '@turnwise/core'
import { createGraphModel } from '@turnwise/core/runtime'
import { fetchModel } from './fetchModel.js'
import { type LoadOptions, resolveLoadOptions } from './loadOptions.js'
import { openModelCache } from './modelCache.js'
import { readModel } from './readModel.js'
import { startWorker } from './startWorker.js'

/** A detector in the browser: that of every other runtime, and what it runs on. */
export interface WebDetector extends Detector {
  /** What computes: WebAssembly on the processor. */
  readonly execution: 'wasm'
  /** The threads that share the work of a decision. */
  readonly threads: number
}

/**
 * Loads a model and makes a detector of it. The files come from the browser's cache, are downloaded into it, or
 * are those that the user has chosen.
 *
 * @throws TurnwiseError INVALID_OPTION, ABORTED, RUNTIME_UNAVAILABLE, and what is wrong with the model or with getting it:
 *   MODEL_NOT_FOUND, MODEL_UNREACHABLE, MODEL_FILE_MISSING, MODEL_FILE_TRUNCATED, MODEL_FILE_TAMPERED,
 *   MODEL_FILE_INVALID, MODEL_FAILED, INVALID_MANIFEST, INVALID_TOKENIZER, UNSUPPORTED_MODEL
 */
export async function loadDetector(options: LoadOptions): Promise<WebDetector> {
  const { model, createWorker, threads, onProgress, signal, ...limits } = resolveLoadOptions(options)
  throwIfAborted(signal)
  if (!isSecureContext) {
    throw new TurnwiseError('RUNTIME_UNAVAILABLE', 'The page comes neither by https nor from this machine.')
  }
  const worker = startWorker(createWorker, threads)
  try {
    const { manifest, weights, tokenizer } =
      typeof model === 'string'
        ? await fetchModel(model, { cache: await openModelCache(), onProgress, signal })
        : await readModel(model)
    const opening = worker.open({ manifest, weights })
    // The page reads the tokenizer while the worker reads the graph.
    const [graph, read] = await Promise.all([opening, readTokenizer(tokenizer)])
    throwIfAborted(signal)
    const detector = createDetector(createGraphModel(graph, manifest, limits), read, manifest)
    return { ...detector, execution: 'wasm', threads }
  } catch (error) {
    worker.terminate()
    throw error
  }
}

/** @throws TurnwiseError INVALID_TOKENIZER, UNSUPPORTED_MODEL */
async function readTokenizer(bytes: Uint8Array<ArrayBuffer>): Promise<Tokenizer> {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new TurnwiseError('INVALID_TOKENIZER', 'tokenizer.json is no JSON.', { cause })
  }
  return createTokenizer(json)
}
