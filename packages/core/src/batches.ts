/** What may run together. */
export interface BatchLimits {
  readonly maxBatchSize: number
  /** Padding included. */
  readonly maxBatchTokens: number
}

/**
 * Groups rows of like length, so that little padding is run.
 *
 * @param lengths the number of tokens of each row
 * @returns the indices of the rows of each batch; every row is in exactly one. A row above the limit is alone.
 */
export function planBatches(lengths: readonly number[], { maxBatchSize, maxBatchTokens }: BatchLimits): number[][] {
  const byLength = lengths.map((length, index) => ({ length, index })).sort((a, b) => a.length - b.length)
  const batches: number[][] = []
  let batch: number[] = []
  for (const { length, index } of byLength) {
    // Sorted: this row is the longest so far, the others are padded to it.
    const isFull = batch.length >= maxBatchSize || (batch.length + 1) * length > maxBatchTokens
    if (batch.length > 0 && isFull) {
      batches.push(batch)
      batch = []
    }
    batch.push(index)
  }
  if (batch.length > 0) batches.push(batch)
  return batches
}
