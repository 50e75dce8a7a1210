import { TurnwiseError } from '@turnwise/core'
import type { InferenceSession } from 'onnxruntime-web/wasm'

/** The module of ONNX Runtime. */
export type OnnxRuntime = typeof import('onnxruntime-web/wasm')

/** A graph that gives back what it gets, in the ONNX format: what fails to open it is the runtime, not the model. */
const IDENTITY_GRAPH = 'CAgSADo3ChAKAXgSAXkiCElkZW50aXR5EgFnWg8KAXgSCgoICAESBAoCCAFiDwoBeRIKCggIARIECgIIAUIECgAQEQ=='

const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ['wasm'],
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  // Its errors are thrown; they need not be printed as well.
  logSeverityLevel: 4,
  // Threads that wait awake would take the processor from the page.
  extra: { session: { intra_op: { allow_spinning: '0' }, force_spinning_stop: '1' } },
}

/**
 * Loads the WebAssembly of the runtime and starts its threads.
 *
 * @throws TurnwiseError RUNTIME_UNAVAILABLE
 */
export async function prepareRuntime(runtime: OnnxRuntime, threads: number): Promise<void> {
  runtime.env.wasm.numThreads = threads
  runtime.env.logLevel = 'error'
  try {
    const bytes = Uint8Array.from(atob(IDENTITY_GRAPH), (character) => character.charCodeAt(0))
    const session = await runtime.InferenceSession.create(bytes, SESSION_OPTIONS)
    await session.release()
  } catch (cause) {
    throw new TurnwiseError('RUNTIME_UNAVAILABLE', 'onnxruntime-web does not start in this browser.', { cause })
  }
}

/**
 * Opens a model. The runtime must be prepared.
 *
 * @param name of the file, for the error
 * @throws TurnwiseError MODEL_FILE_INVALID
 */
export async function openSession(
  runtime: OnnxRuntime,
  weights: Uint8Array<ArrayBuffer>,
  name: string,
): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(weights, SESSION_OPTIONS)
  } catch (cause) {
    throw new TurnwiseError('MODEL_FILE_INVALID', `ONNX Runtime cannot read ${name}.`, { value: name, cause })
  }
}
