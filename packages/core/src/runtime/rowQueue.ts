import type { BatchLimits } from '../batches.js'
import { type CancelSignal, rejectAborted } from '../cancelSignal.js'
import { TurnwiseError } from '../errors.js'

/** A row of work that waits. */
export interface QueueRow {
  /** How many tokens it would run. */
  readonly tokens: readonly number[]
  /** Whether it may share a run with other such rows. */
  readonly canShare: boolean
}

/** Options of {@link createRowQueue}. */
export interface RowQueueOptions<Row, Answer> extends BatchLimits {
  /** When so many rows wait, more are refused. */
  readonly maxWaiting: number
  /** Runs rows together, in their order: several that can share, or one. Never called before the last run is done. */
  run(rows: readonly Row[]): Promise<readonly Answer[]>
}

/** Rows of many callers, run oldest first. What comes while a run is on is gathered for the next. */
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
export function createRowQueue<Row extends QueueRow, Answer>(
  options: RowQueueOptions<Row, Answer>,
): RowQueue<Row, Answer> {
  let waiting: Waiting<Row, Answer>[] = []
  let working: Promise<void> | undefined

  async function work(): Promise<void> {
    // Calls of the same moment can share a run.
    await undefined
    while (waiting.length > 0) {
      waiting = waiting.filter(rejectAborted)
      const batch = chooseBatch(waiting, options)
      waiting = waiting.filter((entry) => !batch.has(entry))
      await answer([...batch])
    }
    working = undefined
  }

  async function answer(batch: readonly Waiting<Row, Answer>[]): Promise<void> {
    if (batch.length === 0) return
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

/**
 * The oldest row and, if it can share, those that run with it: padding included no more than the limits allow, and none
 * that is more than twice as long as another, for which padding would cost more than sharing gains.
 */
function chooseBatch<Entry extends { readonly row: QueueRow }>(
  waiting: readonly Entry[],
  { maxBatchSize, maxBatchTokens }: BatchLimits,
): Set<Entry> {
  const [oldest] = waiting
  if (oldest === undefined) return new Set()
  const batch = new Set([oldest])
  let shortest = oldest.row.tokens.length
  let longest = shortest
  for (const entry of oldest.row.canShare ? waiting.slice(1) : []) {
    const { canShare, tokens } = entry.row
    const low = Math.min(shortest, tokens.length)
    const high = Math.max(longest, tokens.length)
    const fits = batch.size < maxBatchSize && (batch.size + 1) * high <= maxBatchTokens && high <= 2 * low
    if (!canShare || !fits) continue
    batch.add(entry)
    shortest = low
    longest = high
  }
  return batch
}
