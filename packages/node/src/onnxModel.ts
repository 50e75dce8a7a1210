import type { LanguageModel, Manifest } from '@turnwise/core'
import { createGraphModel, type GraphModelOptions } from '@turnwise/core/runtime'
import type { OnnxSessionOptions } from './onnxRuntime.js'
import { startOnnxWorker } from './startOnnxWorker.js'

/** Options of {@link createOnnxModel}. */
export interface OnnxModelOptions extends OnnxSessionOptions, GraphModelOptions {}

/**
 * A language model over ONNX Runtime, in a thread of its own.
 *
 * @param path of the .onnx file
 * @throws TurnwiseError RUNTIME_UNAVAILABLE, MODEL_FILE_INVALID, MODEL_FAILED
 */
export async function createOnnxModel(
  path: string,
  manifest: Manifest,
  { threads, spinning, ...limits }: OnnxModelOptions,
): Promise<LanguageModel> {
  return createGraphModel(await startOnnxWorker({ path, manifest, options: { threads, spinning } }), limits)
}
