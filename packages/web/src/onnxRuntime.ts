import { type Manifest, TurnwiseError } from '@turnwise/core'
import { keyValueNames } from '@turnwise/core/runtime'
import type { InferenceSession } from 'onnxruntime-web/wasm'
import type { Execution } from './execution.js'
import type { DataFile, OpenRequest, PrepareRequest } from './workerRequests.js'

/** The module of ONNX Runtime. */
type OnnxRuntime = typeof import('onnxruntime-web/wasm')

/** Gives the build of ONNX Runtime that can do something: the one with WebGPU is another. */
export type RuntimeLoader = (execution: Execution) => Promise<OnnxRuntime>

/** A runtime that has started, and the graphics card if that computes. */
export interface PreparedRuntime {
  readonly runtime: OnnxRuntime
  readonly device: GPUDevice | undefined
}

/** A graph that gives back what it gets, in the ONNX format: what fails to open it is the runtime, not the model. */
const IDENTITY_GRAPH = 'CAgSADo3ChAKAXgSAXkiCElkZW50aXR5EgFnWg8KAXgSCgoICAESBAoCCAFiDwoBeRIKCggIARIECgIIAUIECgAQEQ=='

/** Of the kernels of ONNX Runtime for attention: with smaller ones they compute something else, and say nothing. */
const LEAST_SUBGROUP_SIZE = 8

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
 * Loads the WebAssembly of the runtime, starts its threads and gets the graphics card if that is to compute.
 *
 * @throws TurnwiseError RUNTIME_UNAVAILABLE
 */
export async function prepareRuntime(
  load: RuntimeLoader,
  { execution, threads }: PrepareRequest,
): Promise<PreparedRuntime> {
  try {
    const runtime = await load(execution)
    runtime.env.wasm.numThreads = threads
    runtime.env.logLevel = 'error'
    const bytes = Uint8Array.from(atob(IDENTITY_GRAPH), (character) => character.charCodeAt(0))
    const session = await runtime.InferenceSession.create(bytes, SESSION_OPTIONS)
    await session.release()
    return { runtime, device: execution === 'webgpu' ? await requestDevice() : undefined }
  } catch (cause) {
    throw new TurnwiseError('RUNTIME_UNAVAILABLE', 'onnxruntime-web does not start in this browser.', { cause })
  }
}

/** A device for the kernels: without the subgroups that they cannot use they take other ways. */
async function requestDevice(): Promise<GPUDevice | undefined> {
  const adapter = await navigator.gpu.requestAdapter()
  const hasSubgroups = adapter?.features.has('subgroups') === true
  const areLarge = hasSubgroups && adapter.info.subgroupMinSize >= LEAST_SUBGROUP_SIZE
  return adapter?.requestDevice({ requiredFeatures: areLarge ? ['subgroups'] : [] })
}

/**
 * Opens a model.
 *
 * @throws TurnwiseError MODEL_FILE_INVALID
 */
export async function openSession(
  { runtime, device }: PreparedRuntime,
  { manifest, weights, dataFiles, webgpuGraph }: OpenRequest,
): Promise<InferenceSession> {
  const { file, webgpuFile } = manifest.onnx
  try {
    if (device === undefined || webgpuGraph === undefined) {
      return await runtime.InferenceSession.create(weights, { ...SESSION_OPTIONS, externalData: dataFiles })
    }
    const files = [{ path: file, data: weights }, ...dataFiles]
    return await runtime.InferenceSession.create(webgpuGraph, webGpuOptions(device, manifest, files))
  } catch (cause) {
    const name = webgpuGraph === undefined ? file : webgpuFile
    throw new TurnwiseError('MODEL_FILE_INVALID', `ONNX Runtime cannot read ${name}.`, { value: name, cause })
  }
}

function webGpuOptions(
  device: GPUDevice,
  { onnx }: Manifest,
  externalData: readonly DataFile[],
): InferenceSession.SessionOptions {
  return {
    ...SESSION_OPTIONS,
    executionProviders: [{ name: 'webgpu', device }],
    externalData,
    // States stay where they are used.
    preferredOutputLocation: Object.fromEntries(keyValueNames(onnx).outputs.map((name) => [name, 'gpu-buffer'])),
  }
}
