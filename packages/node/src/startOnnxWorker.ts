import { SHARE_ENV, Worker } from 'node:worker_threads'
import { connectGraph, type Graph } from '@turnwise/core/runtime'
import type { OnnxWorkerData } from './onnxWorker.js'

/**
 * Starts a thread and loads a graph in it. It keeps the process alive only while it runs something.
 *
 * @throws TurnwiseError RUNTIME_UNAVAILABLE, MODEL_FILE_INVALID, MODEL_FAILED
 */
export async function startOnnxWorker(data: OnnxWorkerData): Promise<Graph> {
  // From the sources, as tests and scripts run, it is the built one too: Node starts no thread from TypeScript.
  const url = new URL('../dist/onnxWorker.js', import.meta.url)
  // The native runtime reads the process's environment, which a thread otherwise gets a copy of.
  const worker = new Worker(url, { workerData: data, env: SHARE_ENV })
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const { ready, run, release, receive, fail } = connectGraph({
    send: (request) => worker.postMessage(request),
    onWaiting: (isWaiting) => (isWaiting ? worker.ref() : worker.unref()),
  })
  worker.on('message', receive)
  worker.on('error', fail)
  worker.on('exit', fail)
  const sharing = await ready()
  return {
    sharing,
    run,
    release,
    async close() {
      worker.ref()
      worker.postMessage({ kind: 'close' })
      await ended
    },
  }
}
