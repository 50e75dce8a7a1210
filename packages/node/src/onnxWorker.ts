/** The thread that runs a model: started by `startOnnxWorker`, never imported. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Manifest } from '@turnwise/core'
import { createGraph, type Graph, serveGraph } from '@turnwise/core/runtime'
import { loadOnnxRuntime, type OnnxSessionOptions, openOnnxSession } from './onnxRuntime.js'

/** What the thread is started with. */
export interface OnnxWorkerData {
  /** Of the .onnx file. */
  readonly path: string
  readonly manifest: Manifest
  readonly options: OnnxSessionOptions
}

/** @throws TurnwiseError RUNTIME_UNAVAILABLE, MODEL_FILE_INVALID; what ONNX Runtime throws when it runs */
async function openGraph({ path, manifest, options }: OnnxWorkerData): Promise<Graph> {
  const runtime = await loadOnnxRuntime()
  const session = await openOnnxSession(runtime, path, options)
  const make = {
    float32: (data: Float32Array, dims: readonly number[]) => new runtime.Tensor('float32', data, dims),
    int64: (data: BigInt64Array, dims: readonly number[]) => new runtime.Tensor('int64', data, dims),
  }
  return createGraph(session, make, manifest)
}

const port = parentPort
if (port !== null) {
  await serveGraph(
    {
      post: (reply) => port.postMessage(reply),
      listen: (handle) => port.on('message', handle),
      // Without the port nothing is left to wait for, and the thread ends.
      close: () => port.close(),
    },
    () => openGraph(workerData),
  )
}
