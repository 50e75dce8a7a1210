import * as runtime from 'onnxruntime-web/wasm'
import { serveModel, type WorkerScope } from '../serveModel.js'

/** WebAssembly in this very thread instead of a worker; messages are cloned and come later, as between threads. */
export function createLocalWorker(): Worker {
  const scope: WorkerScope = {
    name: '',
    onmessage: null,
    postMessage: (reply) => deliver(worker, reply),
    close: () => undefined,
  }
  const worker: Pick<Worker, 'onmessage' | 'onerror' | 'postMessage' | 'terminate'> = {
    onmessage: null,
    onerror: null,
    postMessage: (request: unknown) => deliver(scope, request),
    terminate: () => undefined,
  }
  serveModel(async () => runtime, scope)
  return worker as Worker
}

function deliver(receiver: Pick<Worker, 'onmessage'> | WorkerScope, message: unknown): void {
  const data = structuredClone(message) as never
  setImmediate(() => (receiver as Worker).onmessage?.({ data } as unknown as MessageEvent))
}
