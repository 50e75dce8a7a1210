import { basename } from 'node:path'
import type { BenchmarkRow } from './dataset.js'
import { type JsonLine, readAllLines } from './readLines.js'
import { readRow } from './readRow.js'
import { invalidData, quoteName } from './rowError.js'
import { uniqueIds } from './uniqueIds.js'

/**
 * Rows from JSON lines: `messages` and `action`; `id`, `group`, `pair` and `expect` where they are there.
 *
 * @throws TurnwiseError DATASET_NOT_FOUND, INVALID_DATASET
 */
export async function readCases(path: string): Promise<BenchmarkRow[]> {
  const file = basename(path)
  return readRows(await readAllLines(path), file)
}

/**
 * Rows from the columns of each, and what must hold of all.
 *
 * @throws TurnwiseError INVALID_DATASET, also if there are no rows, an id is used twice, or a pair has not two rows
 */
export function readRows(lines: readonly JsonLine[], file: string): BenchmarkRow[] {
  if (lines.length === 0) throw invalidData({ file }, 'it has no rows, expected at least one.')
  const checkId = uniqueIds(file)
  const pairs = new Map<string, number[]>()
  const rows = lines.map(({ row, value }) => {
    const read = readRow(value, { file, row })
    checkId(read.id, row)
    if (read.pair !== undefined) pairs.set(read.pair, [...(pairs.get(read.pair) ?? []), row])
    return read
  })
  for (const [pair, [row, ...others]] of pairs) {
    if (others.length === 1) continue
    const name = quoteName(pair)
    throw invalidData({ file, row, column: 'pair' }, `${name} has ${others.length + 1} rows, expected 2.`, name)
  }
  return rows
}
