import { createGraph, type Graph, type GraphReply, type GraphRequest, serveGraph } from '@turnwise/core/runtime'
import { openSession, prepareRuntime, type RuntimeLoader } from './onnxRuntime.js'
import type { OpenRequest, PrepareRequest } from './workerRequests.js'

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
