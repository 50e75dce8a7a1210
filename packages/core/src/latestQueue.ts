import { type CancelSignal, rejectAborted } from './cancelSignal.js'

/** Runs one thing at a time, and of what waits only the newest. */
export interface LatestQueue<Input, Output> {
  /**
   * Asks for the output of an input. If a newer input comes before this one has begun to run, this call gets the newer
   * one's output: the very same object.
   *
   * @param signal ends this call alone; an input that nobody waits for any more is not run
   * @throws what the run throws; TurnwiseError ABORTED
   */
  ask(input: Input, signal?: CancelSignal): Promise<Output>
  /** When all that was asked for is answered. */
  idle(): Promise<void>
}

interface Waiting<Output> {
  readonly signal: CancelSignal | undefined
  resolve(output: Output): void
  reject(error: unknown): void
}

/** @param run never called again before it is done */
export function createLatestQueue<Input, Output>(run: (input: Input) => Promise<Output>): LatestQueue<Input, Output> {
  let newest: { input: Input; readonly waiting: Waiting<Output>[] } | undefined
  let working: Promise<void> | undefined

  async function work(): Promise<void> {
    // Calls of the same moment wait for each other.
    await undefined
    while (newest !== undefined) {
      const { input, waiting } = newest
      newest = undefined
      const wanted = waiting.filter(rejectAborted)
      if (wanted.length > 0) await answer(run, input, wanted)
    }
    working = undefined
  }

  return {
    ask(input, signal) {
      return new Promise((resolve, reject) => {
        newest = { input, waiting: [...(newest?.waiting ?? []), { signal, resolve, reject }] }
        working ??= work()
      })
    },
    async idle() {
      await working
    },
  }
}

async function answer<Input, Output>(
  run: (input: Input) => Promise<Output>,
  input: Input,
  calls: readonly Waiting<Output>[],
): Promise<void> {
  try {
    const output = await run(input)
    for (const call of calls) if (rejectAborted(call)) call.resolve(output)
  } catch (error) {
    for (const call of calls) call.reject(error)
  }
}
