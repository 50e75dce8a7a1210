import { fileURLToPath } from 'node:url'
import { assertRowsAndPairs } from './assertRowsAndPairs.js'
import type { BenchmarkRow } from './dataset.js'
import { readCases } from './readCases.js'

const FILE = fileURLToPath(new URL('../../benchmark/hard/cases.jsonl', import.meta.url))
const ROWS = 478
const PAIRS = 23

/**
 * The hard cases of the repository, which choices are made on.
 *
 * @throws TurnwiseError DATASET_NOT_FOUND, INVALID_DATASET
 */
export async function readHard(): Promise<BenchmarkRow[]> {
  const rows = await readCases(FILE)
  assertRowsAndPairs('the hard cases', rows, ROWS, PAIRS)
  return rows
}
