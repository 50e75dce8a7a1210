import type { BenchmarkRow } from './dataset.js'
import { assertCount } from './rowError.js'

/** @throws TurnwiseError INVALID_DATASET if a set of ours has not as many rows and minimal pairs as it was written with */
export function assertRowsAndPairs(set: string, found: readonly BenchmarkRow[], rows: number, pairs: number): void {
  const names = new Set(found.flatMap(({ pair }) => (pair === undefined ? [] : [pair])))
  assertCount(set, 'rows', found.length, rows)
  assertCount(set, 'minimal pairs', names.size, pairs)
}
