import { type CancelSignal, rejectAborted } from '../cancelSignal.js'
import { TurnwiseError } from '../errors.js'

/** Options of {@link createRowQueue}. */
export interface RowQueueOptions<Row, Answer> {
  /** When so many rows wait, more are refused. */
  readonly maxWaiting: number
  /** Which of the rows that wait, oldest first, run now: at least one of them. */
  choose(waiting: readonly Row[]): readonly Row[]
  /** Runs rows together, in the moment after they are chosen. Never called before the last run is done. */
  run(rows: readonly Row[]): Promise<readonly Answer[]>
}

/** Rows of many callers. What comes while a run is on is gathered for the next. */
export interface RowQueue<Row, Answer> {
  /**
   * The answer to each row, in their order: all of them settled, since some may fail and others not.
   *
   * @param signal drops those rows that have not begun to run, as ABORTED
   * @throws TurnwiseError OVERLOADED
   */
  ask(rows: readonly Row[], signal?: CancelSignal): Promise<PromiseSettledResult<Answer>[]>
  /** When all that was asked for is answered. */
  idle(): Promise<void>
}

interface Waiting<Row, Answer> {
  readonly row: Row
  readonly signal: CancelSignal | undefined
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/** A queue that is empty. */
export function createRowQueue<Row, Answer>(options: RowQueueOptions<Row, Answer>): RowQueue<Row, Answer> {
  let waiting: Waiting<Row, Answer>[] = []
  let working: Promise<void> | undefined

  async function work(): Promise<void> {
    // Calls of the same moment can share a run.
    await undefined
    while (waiting.length > 0) {
      waiting = waiting.filter(rejectAborted)
      if (waiting.length === 0) break
      const chosen = new Set(options.choose(waiting.map(({ row }) => row)))
      const batch = waiting.filter(({ row }) => chosen.has(row))
      waiting = waiting.filter(({ row }) => !chosen.has(row))
      await answer(batch)
    }
    working = undefined
  }

  async function answer(batch: readonly Waiting<Row, Answer>[]): Promise<void> {
    try {
      const answers = await options.run(batch.map(({ row }) => row))
      for (const [index, entry] of batch.entries()) {
        const found = answers[index]
        if (found === undefined) entry.reject(new TurnwiseError('MODEL_FAILED', 'The model gave too few answers.'))
        else entry.resolve(found)
      }
    } catch (error) {
      // A row that is wrong must not harm those that happen to run beside it.
      if (batch.length === 1) batch[0]?.reject(error)
      else for (const entry of batch) await answer([entry])
    }
  }

  return {
    async ask(rows, signal) {
      if (waiting.length >= options.maxWaiting) {
        const problem = `${waiting.length} requests wait already, as many as may.`
        throw new TurnwiseError('OVERLOADED', problem, { value: waiting.length })
      }
      const answers = rows.map(
        (row) => new Promise<Answer>((resolve, reject) => waiting.push({ row, signal, resolve, reject })),
      )
      working ??= work()
      return Promise.allSettled(answers)
    },
    async idle() {
      await working
    },
  }
}
