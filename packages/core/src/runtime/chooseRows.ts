import type { BatchLimits } from '../batches.js'
import type { RowSharing } from './graphMessages.js'

/** A row that waits. */
export interface WaitingRow {
  /** Those of its past included. */
  readonly tokens: readonly number[]
  /** Whether it may have a past, or keeps a state. */
  readonly usesStates: boolean
}

/** What is worth running together on a few cores: more gains nothing and delays the others. */
export const BATCH_LIMITS: Readonly<Record<RowSharing, BatchLimits>> = {
  alone: { maxBatchSize: 16, maxBatchTokens: 512 },
  // Beyond it a batch is slower than its rows one by one: its activations leave the cache.
  padded: { maxBatchSize: 16, maxBatchTokens: 512 },
  // A row of a conversation has some four tokens: as many rows as read the weights once.
  packed: { maxBatchSize: 64, maxBatchTokens: 512 },
}

/**
 * The rows of the next run: the oldest, and those that may and should run with it.
 *
 * @param waiting oldest first
 * @param countTokens how many tokens a row would run if it ran now
 */
export function chooseRows<Row extends WaitingRow>(
  sharing: RowSharing,
  waiting: readonly Row[],
  countTokens: (row: Row) => number,
): readonly Row[] {
  const [oldest] = waiting
  if (oldest === undefined) return []
  if (sharing === 'packed') return choosePacked(waiting, countTokens)
  return sharing === 'alone' || oldest.usesStates ? [oldest] : choosePadded(oldest, waiting)
}

/** As many as fit, in their order; one that is too long for any run is alone. */
function choosePacked<Row extends WaitingRow>(
  waiting: readonly Row[],
  countTokens: (row: Row) => number,
): readonly Row[] {
  const { maxBatchSize, maxBatchTokens } = BATCH_LIMITS.packed
  const chosen: Row[] = []
  let tokens = 0
  for (const row of waiting) {
    if (chosen.length === maxBatchSize) break
    tokens += countTokens(row)
    if (chosen.length > 0 && tokens > maxBatchTokens) break
    chosen.push(row)
  }
  return chosen
}

/**
 * Rows without states that fit, padding included: none is more than twice as long as another, for which padding would
 * cost more than sharing gains.
 */
function choosePadded<Row extends WaitingRow>(oldest: Row, waiting: readonly Row[]): readonly Row[] {
  const { maxBatchSize, maxBatchTokens } = BATCH_LIMITS.padded
  const chosen = [oldest]
  let shortest = oldest.tokens.length
  let longest = shortest
  for (const row of waiting.slice(1)) {
    const low = Math.min(shortest, row.tokens.length)
    const high = Math.max(longest, row.tokens.length)
    const fits = chosen.length < maxBatchSize && (chosen.length + 1) * high <= maxBatchTokens && high <= 2 * low
    if (row.usesStates || !fits) continue
    chosen.push(row)
    shortest = low
    longest = high
  }
  return chosen
}
