import { SHARE_ENV, Worker } from 'node:worker_threads'
import { TurnwiseError } from '@turnwise/core'
import {
  type OnnxRun,
  type OnnxRunResult,
  type OnnxWorkerData,
  unpackFailure,
  type WorkerReply,
  type WorkerRequest,
} from './onnxMessages.js'

/** A graph in a thread of its own. It keeps the process alive only while it runs something. */
export interface OnnxWorker {
  /**
   * Must not be called again before it is done.
   *
   * @throws TurnwiseError MODEL_FAILED
   */
  run(run: OnnxRun): Promise<OnnxRunResult>
  /** Forgets a state, once the runs that were asked for are done. */
  release(id: number): void
  /** Frees the graph and ends the thread. */
  close(): Promise<void>
}

/** What the owner waits for: that the worker is ready, or the result of a run. */
interface Pending {
  resolve(reply: WorkerReply): void
  reject(error: unknown): void
}

/**
 * Starts the thread and loads the graph in it.
 *
 * @throws TurnwiseError RUNTIME_UNAVAILABLE, MODEL_FILE_INVALID, MODEL_FAILED
 */
export async function startOnnxWorker(data: OnnxWorkerData): Promise<OnnxWorker> {
  // From the sources, as tests and scripts run, it is the built one too: Node starts no thread from TypeScript.
  const url = new URL('../dist/onnxWorker.js', import.meta.url)
  // The native runtime reads the process's environment, which a thread otherwise gets a copy of.
  const worker = new Worker(url, { workerData: data, env: SHARE_ENV })
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  let pending: Pending | undefined
  let failure: TurnwiseError | undefined

  function settle(): Pending | undefined {
    const settled = pending
    pending = undefined
    worker.unref()
    return settled
  }

  function reply(): Promise<WorkerReply> {
    if (failure !== undefined) return Promise.reject(failure)
    worker.ref()
    return new Promise((resolve, reject) => {
      pending = { resolve, reject }
    })
  }

  function fail(cause: unknown): void {
    failure ??= new TurnwiseError('MODEL_FAILED', 'The thread of the model has ended.', { cause })
    settle()?.reject(failure)
  }

  function send(request: WorkerRequest): void {
    worker.postMessage(request)
  }

  worker.on('message', (message: WorkerReply) => {
    if (message.kind === 'failed') settle()?.reject(unpackFailure(message.failure))
    else settle()?.resolve(message)
  })
  worker.on('error', fail)
  worker.on('exit', fail)
  await reply()

  return {
    async run(run) {
      send({ kind: 'run', run })
      const message = await reply()
      if (message.kind === 'result') return message.result
      throw new TurnwiseError('MODEL_FAILED', 'The thread of the model gave no result.')
    },
    release: (id) => send({ kind: 'release', id }),
    async close() {
      worker.ref()
      send({ kind: 'close' })
      await ended
    },
  }
}
