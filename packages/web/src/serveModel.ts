import type { Manifest } from '@turnwise/core'
import { createGraph, type Graph, type GraphReply, type GraphRequest, serveGraph } from '@turnwise/core/runtime'
import type { Execution } from './execution.js'
import { openSession, prepareRuntime, type RuntimeLoader } from './onnxRuntime.js'

/** The first message to a worker: how it computes. */
export interface PrepareRequest {
  readonly execution: Execution
  readonly threads: number
}

/** The second: what it runs. From then on it is spoken to as a graph. */
export interface OpenRequest {
  readonly manifest: Manifest
  readonly weights: Uint8Array<ArrayBuffer>
  /** The graph for WebGPU, if that computes. */
  readonly webgpuGraph?: Uint8Array<ArrayBuffer> | undefined
}

/** The worker's global scope, as far as it is used: the library of types that describes it excludes the page's. */
export interface WorkerScope {
  readonly name: string
  onmessage: ((event: { readonly data: never }) => void) | null
  postMessage(reply: GraphReply): void
  close(): void
}

/** What the file of a worker does: waits for a model and runs it. */
export function serveModel(load: RuntimeLoader, scope: WorkerScope): void {
  // ONNX Runtime starts its threads from the file that it is bundled into, which is that of the worker.
  if (scope.name.startsWith('em-pthread')) return
  void serve(load, scope)
}

async function serve(load: RuntimeLoader, scope: WorkerScope): Promise<void> {
  const preparation = await nextMessage<PrepareRequest>(scope)
  // The runtime starts while the page still gets the weights.
  const preparing = prepareRuntime(load, preparation)
  preparing.catch(() => undefined)
  const request = await nextMessage<OpenRequest>(scope)

  async function openGraph(): Promise<Graph> {
    const prepared = await preparing
    const { Tensor } = prepared.runtime
    const session = await openSession(prepared, request)
    const make = {
      float32: (data: Float32Array, dims: readonly number[]) => new Tensor('float32', data, dims),
      int64: (data: BigInt64Array, dims: readonly number[]) => new Tensor('int64', data, dims),
      // Of the graphics card.
      dispose: (tensor: InstanceType<typeof Tensor>) => tensor.dispose(),
    }
    return createGraph(session, make, request.manifest)
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
