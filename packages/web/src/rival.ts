import { TurnwiseError } from '@turnwise/core'
import { findWebGpuProblem } from './execution.js'
import type { ModelWorker } from './startWorker.js'

/** WebGPU's worker beside WebAssembly's. Nobody has asked for it: whatever fails in it means that there is none. */
export interface Rival {
  /** Whether it is here or may still come. */
  mayCome(): Promise<boolean>
  /**
   * The worker, once the browser has found a graphics card, however long that takes.
   *
   * @throws TurnwiseError RUNTIME_UNAVAILABLE if there is none, or it was given up
   */
  arrive(): Promise<ModelWorker>
  /** Ends the worker; one that has not come is not waited for any more. */
  giveUp(): void
}

/** Looks for a graphics card, and starts the worker where there is one. */
export function startRival(start: () => ModelWorker): Rival {
  let isGivenUp = false
  let stopWaiting: () => void = () => undefined
  // Who waits for a browser that never answers would keep the weights for ever.
  const givingUp = new Promise<undefined>((resolve) => {
    stopWaiting = () => resolve(undefined)
  })
  const arriving = Promise.race([givingUp, startIfPossible()]).catch(() => undefined)

  async function startIfPossible(): Promise<ModelWorker | undefined> {
    const problem = await findWebGpuProblem()
    return problem === undefined && !isGivenUp ? start() : undefined
  }

  return {
    mayCome: async () => (await Promise.race([arriving, true])) !== undefined,
    async arrive() {
      const worker = await arriving
      if (worker !== undefined) return worker
      throw new TurnwiseError('RUNTIME_UNAVAILABLE', 'The browser offers no WebGPU adapter.')
    },
    giveUp() {
      isGivenUp = true
      stopWaiting()
      void arriving.then((worker) => worker?.terminate())
    },
  }
}
