import { TurnwiseError } from '@turnwise/core'

/** How many requests there may be. */
export interface GateLimits {
  /** With the model at a time: enough to fill its batches. */
  readonly maxRunning: number
  /** Waiting for that; more are refused. */
  readonly maxWaiting: number
  /** How long any may have to wait for that, ms; what would wait for longer is refused. */
  readonly maxWaitMs: number
}

/** A bounded queue before the model. What would wait for too long is refused at once, so that the rest is in time. */
export interface Gate {
  readonly running: number
  readonly waiting: number
  /** When a request that is refused now should come again, ms: as long as what is here takes. */
  readonly retryAfterMs: number
  /**
   * Refuses what `pass` would refuse now, before anything else is done for it.
   *
   * @param withinMs how long the caller waits
   * @throws TurnwiseError OVERLOADED
   */
  check(withinMs: number): void
  /**
   * To be waited for before a refusal is answered: nothing, up to twice as many as there are decisions, and beyond that
   * as long as the caller should wait before it asks again. Otherwise callers who ask again at once would take from the
   * model what refusing them costs.
   *
   * @param withinMs how long the caller waits
   */
  pace(withinMs: number): Promise<void>
  /**
   * Runs a task when its turn comes.
   *
   * @param withinMs how long the caller waits
   * @param signal a task that still waits when it is aborted is dropped
   * @throws TurnwiseError OVERLOADED; the signal's reason; what the task throws
   */
  pass<Result>(task: () => Promise<Result>, withinMs: number, signal: AbortSignal): Promise<Result>
}

/** A newer task counts for so much of the mean. */
const SMOOTHING = 0.05
/** Refusals that are answered at once: so many more with each decision, and no more than these after a quiet time. */
const AT_ONCE = { each: 2, most: 250 }

/** @param onStart told of each task how long it has waited, ms */
export function createGate(
  { maxRunning, maxWaiting, maxWaitMs }: GateLimits,
  onStart: (waitedMs: number) => void,
): Gate {
  const waiting = new Set<() => void>()
  /** When each that is running has begun, the oldest first. */
  const running = new Map<symbol, number>()
  let meanMs = 10
  let atOnce = AT_ONCE.most

  function startNext(): void {
    const [next] = waiting
    if (next === undefined) return
    waiting.delete(next)
    next()
  }

  /** How long one is inside, ms. Where nothing comes out any more, those that are still inside say it first. */
  function insideMs(): number {
    const [oldestMs = Number.POSITIVE_INFINITY] = running.values()
    return Math.max(meanMs, performance.now() - oldestMs)
  }

  /** How long a number of requests takes, ms, if things go on as they do. */
  function timeOf(requests: number): number {
    return (requests / maxRunning) * insideMs()
  }

  function check(withinMs: number): void {
    if (running.size < maxRunning) return
    const waitMs = timeOf(waiting.size + 1)
    if (waiting.size < maxWaiting && waitMs <= maxWaitMs && waitMs + insideMs() <= withinMs) return
    const problem = `${running.size} requests are running and ${waiting.size} waiting: another would wait for ${Math.ceil(waitMs)} ms.`
    throw new TurnwiseError('OVERLOADED', problem, { value: waiting.size })
  }

  return {
    check,
    async pace(withinMs) {
      if (atOnce > 0) atOnce -= 1
      else await new Promise((resolve) => setTimeout(resolve, Math.min(this.retryAfterMs, withinMs)))
    },
    get running() {
      return running.size
    },
    get waiting() {
      return waiting.size
    },
    get retryAfterMs() {
      return Math.ceil(timeOf(running.size + waiting.size))
    },
    pass(task, withinMs, signal) {
      return new Promise((resolve, reject) => {
        check(withinMs)
        const askedMs = performance.now()
        function start(): void {
          signal.removeEventListener('abort', drop)
          const place = Symbol()
          const startedMs = performance.now()
          running.set(place, startedMs)
          onStart(startedMs - askedMs)
          task()
            .finally(() => {
              meanMs += SMOOTHING * (performance.now() - startedMs - meanMs)
              atOnce = Math.min(atOnce + AT_ONCE.each, AT_ONCE.most)
              running.delete(place)
              startNext()
            })
            .then(resolve, reject)
        }
        function drop(): void {
          waiting.delete(start)
          reject(signal.reason)
        }
        if (running.size < maxRunning) start()
        else {
          waiting.add(start)
          signal.addEventListener('abort', drop, { once: true })
        }
      })
    },
  }
}
