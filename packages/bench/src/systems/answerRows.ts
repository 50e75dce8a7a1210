import { type CancelSignal, TurnwiseError, throwIfAborted } from '@turnwise/core'
import type { AnswerStore } from './answerStore.js'
import type { BenchmarkSystem, SystemAnswer, SystemRow } from './system.js'

/** What {@link answerRows} is given beside system and rows. */
export interface AnswerRowsOptions {
  readonly store: AnswerStore
  readonly signal?: CancelSignal | undefined
  /** Called as answers come. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/**
 * The answers to rows, in their order; those that the store knows are not asked for again.
 *
 * @throws TurnwiseError MODEL_FAILED if there is not one answer to each row, ABORTED, OUTPUT_UNWRITABLE, and those of the
 *   system
 */
export async function answerRows(
  system: BenchmarkSystem,
  rows: readonly SystemRow[],
  { store, signal, onProgress }: AnswerRowsOptions,
): Promise<SystemAnswer[]> {
  const missing = rows.filter((row) => store.find(system, row) === undefined)
  // Rows of like length run together best.
  missing.sort((left, right) => lengthOf(left) - lengthOf(right))
  let done = rows.length - missing.length
  onProgress?.(done, rows.length)
  const askOn = async () => {
    while (missing.length > 0) {
      throwIfAborted(signal)
      const batch = missing.splice(0, system.batchSize)
      await store.add(system, batch, await askBatch(system, batch, signal))
      done += batch.length
      onProgress?.(done, rows.length)
    }
  }
  // When one fails nothing more is asked, but what is on its way is waited for and kept.
  const stopAll = (error: unknown) => {
    missing.length = 0
    throw error
  }
  const asking = Array.from({ length: system.concurrency ?? 1 }, () => askOn().catch(stopAll))
  const failed = (await Promise.allSettled(asking)).find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
  return rows.flatMap((row) => store.find(system, row) ?? [])
}

/** One answer too few would be taken for those of the rows after it. */
async function askBatch(
  system: BenchmarkSystem,
  batch: readonly SystemRow[],
  signal: CancelSignal | undefined,
): Promise<readonly SystemAnswer[]> {
  const answers = await system.answer(batch, signal)
  if (answers.length === batch.length) return answers
  const problem = `${system.facts.name} gave ${answers.length} answers to ${batch.length} rows, expected one to each.`
  throw new TurnwiseError('MODEL_FAILED', problem, { value: answers.length })
}

function lengthOf({ messages }: SystemRow): number {
  return messages.reduce((total, { content }) => total + content.length, 0)
}
