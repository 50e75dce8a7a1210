import type { LanguageModel, Manifest } from '@turnwise/core'
import { createGraphModel, createModelPool, type GraphModelOptions } from '@turnwise/core/runtime'
import type { OnnxSessionOptions } from './onnxRuntime.js'
import { startOnnxWorker } from './startOnnxWorker.js'

/** Options of {@link createOnnxModel}. */
export interface OnnxModelOptions extends OnnxSessionOptions, GraphModelOptions {
  /** Copies of the model, each in a thread of its own. */
  readonly copies: number
}

/**
 * A language model over ONNX Runtime, in threads of its own. Its copies share the memory and the queue that it may have.
 *
 * @param path of the .onnx file
 * @throws TurnwiseError RUNTIME_UNAVAILABLE, MODEL_FILE_INVALID, MODEL_FAILED
 */
export async function createOnnxModel(
  path: string,
  manifest: Manifest,
  { threads, spinning, copies, maxCacheBytes, maxQueuedRequests, observer }: OnnxModelOptions,
): Promise<LanguageModel> {
  const share = {
    maxCacheBytes: maxCacheBytes / copies,
    maxQueuedRequests: Math.ceil(maxQueuedRequests / copies),
    observer,
  }
  const start = () => startOnnxWorker({ path, manifest, options: { threads, spinning } })
  const started = await Promise.allSettled(Array.from({ length: copies }, start))
  const graphs = started.filter((graph) => graph.status === 'fulfilled').map(({ value }) => value)
  const failed = started.find((graph) => graph.status === 'rejected')
  if (failed !== undefined) {
    await Promise.all(graphs.map((graph) => graph.close()))
    throw failed.reason
  }
  return createModelPool(graphs.map((graph) => createGraphModel(graph, manifest, share)))
}
