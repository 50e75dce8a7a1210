import { type LanguageModel, type Manifest, TurnwiseError } from '@turnwise/core'
import type { Runtime, RuntimeChoice } from './loadOptions.js'
import { createNativeModel } from './nativeModel.js'
import { createOnnxModel, type OnnxModelOptions } from './onnxModel.js'

/** A model, and what runs it. */
export interface OpenModel {
  readonly model: LanguageModel
  readonly runtime: Runtime
}

/** Options of {@link openModel}. */
export interface OpenModelOptions extends OnnxModelOptions {
  readonly runtime: RuntimeChoice
}

/**
 * Opens a graph in the runtime that is asked for; `auto` is the native one wherever it runs the graph. ONNX Runtime is
 * not even loaded then.
 *
 * @param path of the .onnx file
 * @throws TurnwiseError RUNTIME_UNAVAILABLE, MODEL_FILE_INVALID, MODEL_FAILED
 */
export async function openModel(path: string, manifest: Manifest, options: OpenModelOptions): Promise<OpenModel> {
  const { runtime, threads, spinning, ...limits } = options
  if (runtime !== 'onnx') {
    try {
      return { model: await createNativeModel(path, manifest, { threads, ...limits }), runtime: 'native' }
    } catch (error) {
      if (runtime === 'native' || !isUnavailable(error)) throw error
    }
  }
  return { model: await createOnnxModel(path, manifest, { threads, spinning, ...limits }), runtime: 'onnx' }
}

/** A file that is broken is so in ONNX Runtime too, which says how. */
function isUnavailable(error: unknown): boolean {
  return error instanceof TurnwiseError && error.code === 'RUNTIME_UNAVAILABLE'
}
