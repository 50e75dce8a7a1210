import { throwIfAborted } from '@turnwise/core'
import type { App } from '../app.js'
import { createBenchBar } from '../benchBar.js'
import { InterruptedError } from '../interruptedError.js'

/** What a measurement is given. */
export interface Measuring {
  /** Shows how far a task is. @throws TurnwiseError ABORTED: whoever tells how far it is can be stopped there */
  show(task: string, done: number, total: number): void
  /** Aborted when the process is told to stop. */
  readonly signal: AbortSignal
}

/**
 * Measures to the end, or until the process is told to stop; the terminal is left as it was, either way.
 *
 * @param kept what is left of a run that is stopped, a sentence
 * @throws InterruptedError, and what the run throws
 */
export async function measure<Result>(
  app: App,
  kept: string,
  run: (measuring: Measuring) => Promise<Result>,
): Promise<Result> {
  const bar = createBenchBar(app.terminal.errors)
  const controller = new AbortController()
  const { signal } = controller
  void app.stopSignal().then(() => {
    bar.stop()
    controller.abort()
  })
  try {
    return await run({
      signal,
      show(task, done, total) {
        throwIfAborted(signal)
        bar.update(task, done, total)
      },
    })
  } catch (cause) {
    // A terminal also stops the processes that the run has started, which then fails for another reason.
    if (signal.aborted) throw new InterruptedError(`Stopped. ${kept}`, { cause })
    throw cause
  } finally {
    bar.stop()
  }
}

/** What is left of a run that asks systems. */
export function keptAnswers(path: string): string {
  return `The answers so far are kept in ${path}: the same command goes on from there, without --fresh.`
}
