import { fileURLToPath } from 'node:url'
import type { BenchmarkRow } from './dataset.js'
import { readCases } from './readCases.js'
import { assertCount } from './rowError.js'

const FILE = fileURLToPath(new URL('../../../../benchmark/hard/cases.jsonl', import.meta.url))
const ROWS = 478

/**
 * The hard cases of the repository, which choices are made on.
 *
 * @throws TurnwiseError DATASET_NOT_FOUND, INVALID_DATASET
 */
export async function readHard(): Promise<BenchmarkRow[]> {
  const rows = await readCases(FILE)
  assertCount('the hard cases', 'rows', rows.length, ROWS)
  return rows
}
