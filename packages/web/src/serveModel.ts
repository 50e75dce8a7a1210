import type { Manifest } from '@turnwise/core'
import { createGraph, type Graph, type GraphReply, type GraphRequest, serveGraph } from '@turnwise/core/runtime'
import { type OnnxRuntime, openSession, prepareRuntime } from './onnxRuntime.js'

/** The first message to a worker: how it computes. */
export interface PrepareRequest {
  readonly threads: number
}

/** The second: what it runs. From then on it is spoken to as a graph. */
export interface OpenRequest {
  readonly manifest: Manifest
  readonly weights: Uint8Array<ArrayBuffer>
}

/** The worker's global scope, as far as it is used: the library of types that describes it excludes the page's. */
export interface WorkerScope {
  readonly name: string
  onmessage: ((event: { readonly data: never }) => void) | null
  postMessage(reply: GraphReply): void
  close(): void
}

/** What the file of a worker does: waits for a model and runs it. */
export function serveModel(runtime: OnnxRuntime, scope: WorkerScope): void {
  // ONNX Runtime starts its threads from the file that it is bundled into, which is that of the worker.
  if (scope.name.startsWith('em-pthread')) return
  void serve(runtime, scope)
}

async function serve(runtime: OnnxRuntime, scope: WorkerScope): Promise<void> {
  const { threads } = await nextMessage<PrepareRequest>(scope)
  // The runtime starts while the page still gets the weights.
  const preparing = prepareRuntime(runtime, threads)
  preparing.catch(() => undefined)
  const { manifest, weights } = await nextMessage<OpenRequest>(scope)

  async function openGraph(): Promise<Graph> {
    await preparing
    const session = await openSession(runtime, weights, manifest.onnx.file)
    const make = {
      float32: (data: Float32Array, dims: readonly number[]) => new runtime.Tensor('float32', data, dims),
      int64: (data: BigInt64Array, dims: readonly number[]) => new runtime.Tensor('int64', data, dims),
    }
    return createGraph(session, make, manifest)
  }

  const port = {
    post: (reply: GraphReply) => scope.postMessage(reply),
    listen(handle: (request: GraphRequest) => void) {
      scope.onmessage = ({ data }) => handle(data)
    },
    close: () => scope.close(),
  }
  await serveGraph(port, openGraph)
}

function nextMessage<Message>(scope: WorkerScope): Promise<Message> {
  return new Promise((resolve) => {
    scope.onmessage = ({ data }) => resolve(data)
  })
}
