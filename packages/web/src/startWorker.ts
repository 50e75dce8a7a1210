import { TurnwiseError } from '@turnwise/core'
import { connectGraph, type Graph, type GraphReply } from '@turnwise/core/runtime'
import type { OpenRequest, PrepareRequest } from './workerRequests.js'

/** A worker whose runtime starts, and that has no model yet. */
export interface ModelWorker extends PrepareRequest {
  /**
   * Loads a graph. Its files go to the worker: they are gone here.
   *
   * @throws TurnwiseError RUNTIME_UNAVAILABLE, MODEL_FILE_INVALID, MODEL_FAILED
   */
  open(request: OpenRequest): Promise<Graph>
  /** Ends the worker, whatever it does. */
  terminate(): void
}

/** The worker of this package. */
export function createModelWorker(): Worker {
  // Bundlers look for exactly this expression.
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
}

/**
 * Starts a worker. What is wrong with its script is said when it is opened.
 *
 * @throws TurnwiseError RUNTIME_UNAVAILABLE if the browser refuses it at once
 */
export function startWorker(createWorker: () => Worker, preparation: PrepareRequest): ModelWorker {
  const worker = createChecked(createWorker)
  const { ready, run, release, receive, fail } = connectGraph({ send: (request) => worker.postMessage(request) })
  let isOpen = false
  worker.onmessage = ({ data }: MessageEvent<GraphReply>) => receive(data)
  worker.onerror = ({ message }) => {
    fail(isOpen ? message : new TurnwiseError('RUNTIME_UNAVAILABLE', 'The worker does not start.', { value: message }))
  }
  worker.postMessage(preparation)

  return {
    ...preparation,
    async open(request) {
      const { weights, dataFiles } = request
      worker.postMessage(request, [weights.buffer, ...dataFiles.map(({ data }) => data.buffer)])
      const sharing = await ready()
      isOpen = true
      return { sharing, run, release, close: async () => worker.terminate() }
    },
    terminate: () => worker.terminate(),
  }
}

/** Browsers refuse scripts of another origin, as of a package that comes from elsewhere than the page, with a throw. */
function createChecked(createWorker: () => Worker): Worker {
  try {
    return createWorker()
  } catch (cause) {
    const problem =
      'The browser refuses the worker, as it does one of another origin. ' +
      "Serve '@turnwise/web/worker' from the page's origin and start it in the option createWorker."
    throw new TurnwiseError('RUNTIME_UNAVAILABLE', problem, { cause })
  }
}
