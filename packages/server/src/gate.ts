import { TurnwiseError } from '@turnwise/core'

/** How many requests there may be. */
export interface GateLimits {
  /** With the model at a time: enough to fill its batches. */
  readonly maxRunning: number
  /** Waiting for that; more are refused. */
  readonly maxWaiting: number
}

/** A bounded queue before the model. What would wait for too long is refused at once, so that the rest is in time. */
export interface Gate {
  readonly running: number
  readonly waiting: number
  /** When a request that is refused now should come again, ms: as long as what is here takes. */
  readonly retryAfterMs: number
  /**
   * Runs a task when its turn comes.
   *
   * @param signal a task that still waits when it is aborted is dropped
   * @throws TurnwiseError OVERLOADED; the signal's reason; what the task throws
   */
  pass<Result>(task: () => Promise<Result>, signal: AbortSignal): Promise<Result>
}

/** A newer task counts for so much of the mean. */
const SMOOTHING = 0.05

/** @param onStart told of each task how long it has waited, ms */
export function createGate({ maxRunning, maxWaiting }: GateLimits, onStart: (waitedMs: number) => void): Gate {
  const waiting = new Set<() => void>()
  let running = 0
  let meanMs = 10

  function startNext(): void {
    const [next] = waiting
    if (next === undefined) return
    waiting.delete(next)
    next()
  }

  return {
    get running() {
      return running
    },
    get waiting() {
      return waiting.size
    },
    get retryAfterMs() {
      return Math.ceil(((running + waiting.size) / maxRunning) * meanMs)
    },
    pass(task, signal) {
      return new Promise((resolve, reject) => {
        if (running >= maxRunning && waiting.size >= maxWaiting) {
          const problem = `${running} requests are running and ${waiting.size} waiting, as many as may.`
          reject(new TurnwiseError('OVERLOADED', problem, { value: waiting.size }))
          return
        }
        const askedMs = performance.now()
        function start(): void {
          signal.removeEventListener('abort', drop)
          running += 1
          const startedMs = performance.now()
          onStart(startedMs - askedMs)
          task()
            .finally(() => {
              meanMs += SMOOTHING * (performance.now() - startedMs - meanMs)
              running -= 1
              startNext()
            })
            .then(resolve, reject)
        }
        function drop(): void {
          waiting.delete(start)
          reject(signal.reason)
        }
        if (running < maxRunning) start()
        else {
          waiting.add(start)
          signal.addEventListener('abort', drop, { once: true })
        }
      })
    },
  }
}
