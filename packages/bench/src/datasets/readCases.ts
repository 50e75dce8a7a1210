import { basename } from 'node:path'
import type { BenchmarkRow } from './dataset.js'
import { readAllLines } from './readLines.js'
import { readRow } from './readRow.js'
import { invalidData, quote } from './rowError.js'

/**
 * Rows from JSON lines: `messages` and `action`; `id`, `group`, `pair` and `expect` where they are there.
 *
 * @throws TurnwiseError DATASET_NOT_FOUND, INVALID_DATASET
 */
export async function readCases(path: string): Promise<BenchmarkRow[]> {
  const file = basename(path)
  const rows = (await readAllLines(path)).map(({ row, value }) => readRow(value, { file, row }))
  checkRows(rows, file)
  return rows
}

/** @throws TurnwiseError INVALID_DATASET if there are no rows, an id is used twice, or a pair has not two rows */
export function checkRows(rows: readonly BenchmarkRow[], file: string): void {
  if (rows.length === 0) throw invalidData({ file }, 'it has no rows, expected at least one.')
  const ids = new Map<string, number>()
  const pairs = new Map<string, number>()
  for (const [index, { id, pair }] of rows.entries()) {
    const before = ids.get(id)
    if (before !== undefined) {
      throw invalidData({ file, row: index + 1, column: 'id' }, `it is that of row ${before}, expected its own.`, quote(id))
    }
    ids.set(id, index + 1)
    if (pair !== undefined) pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
  }
  for (const [pair, count] of pairs) {
    if (count !== 2) throw invalidData({ file, column: 'pair' }, `${quote(pair)} has ${count} rows, expected 2.`, quote(pair))
  }
}
