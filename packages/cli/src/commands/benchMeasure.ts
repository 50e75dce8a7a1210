import type { AnswerStore, BenchmarkSystem, ResultHeader, RunProgress } from '@turnwise/bench'
import { throwIfAborted } from '@turnwise/core'
import type { App } from '../app.js'
import { createBenchBar } from '../benchBar.js'
import { type AskingOptions, systemChoiceOf } from '../benchOptions.js'
import { InterruptedError } from '../interruptedError.js'

/** What a measurement is given. */
export interface Measuring {
  /** Shows how far a task is. @throws TurnwiseError ABORTED: whoever tells how far it is can be stopped there */
  show(task: string, done: number, total: number): void
  /** Aborted when the process is told to stop. */
  readonly signal: AbortSignal
}

/** What a run that asks systems is given. */
export interface Asking {
  readonly systems: readonly BenchmarkSystem[]
  readonly store: AnswerStore
  readonly signal: AbortSignal
  onProgress(progress: RunProgress): void
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

/** What is said of a run that is stopped and can go on. */
export function keptIn(path: string, what: string): string {
  return `The ${what} so far are kept in ${path}: the same command goes on from there, without --fresh.`
}

/**
 * As {@link measure}, for a run that asks systems: their answers are kept beside the result, which is written in the end;
 * those of systems elsewhere only until then.
 *
 * @throws TurnwiseError OUTPUT_UNWRITABLE, and those of loading the systems and of the run; InterruptedError
 */
export async function measureSystems<Result extends ResultHeader>(
  app: App,
  options: AskingOptions,
  run: (asking: Asking) => Promise<Result>,
): Promise<Result> {
  const bench = await import('@turnwise/bench')
  const { out, fresh } = options
  await bench.assertWritable(out)
  const answers = bench.answersPath(out)
  return measure(app, keptIn(answers, 'answers'), async ({ show, signal }) => {
    const systems = await bench.loadSystems(systemChoiceOf(app, options))
    try {
      const store = await bench.openAnswerStore(answers, fresh)
      const onProgress = ({ system, set, done, total }: RunProgress) => show(`${set}, ${system}`, done, total)
      const result = await run({ systems, store, signal, onProgress })
      await bench.writeResult(out, result)
      // What answers at an address may have changed by the next run, and nothing here would tell.
      for (const system of systems) if (system.facts.kind === 'remote') await store.forget(system)
      return result
    } finally {
      await bench.closeSystems(systems)
    }
  })
}
