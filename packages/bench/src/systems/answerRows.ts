import { type CancelSignal, throwIfAborted } from '@turnwise/core'
import type { AnswerStore } from './answerStore.js'
import type { BenchmarkSystem, SystemAnswer, SystemRow } from './system.js'

/** What {@link answerRows} is given beside system and rows. */
export interface AnswerRowsOptions {
  readonly store: AnswerStore
  readonly signal?: CancelSignal | undefined
  /** Called as answers come. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** The answers to rows, in their order; those that the store knows are not asked for again. */
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
      await store.add(system, batch, await system.answer(batch))
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

function lengthOf({ messages }: SystemRow): number {
  return messages.reduce((total, { content }) => total + content.length, 0)
}
