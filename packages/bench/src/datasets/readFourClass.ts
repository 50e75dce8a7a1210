import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { assertRowsAndPairs } from './assertRowsAndPairs.js'
import type { BenchmarkRow } from './dataset.js'
import { readCases } from './readCases.js'
import { readParquet } from './readParquet.js'

/** Where the four-class test lies in the repository. */
export const FOUR_CLASS_FOLDER = fileURLToPath(new URL('../../benchmark/four-class', import.meta.url))

const ROWS = 455
const PAIRS = 47

/**
 * Our own four-class test, from its JSON lines or, where only that is there, its parquet.
 *
 * @throws TurnwiseError DATASET_NOT_FOUND, INVALID_DATASET
 */
export async function readFourClass(folder: string = FOUR_CLASS_FOLDER): Promise<BenchmarkRow[]> {
  const parquet = join(folder, 'test.parquet')
  const hasParquetOnly = await access(join(folder, 'cases.jsonl')).then(
    () => false,
    () =>
      access(parquet)
        .then(() => true)
        .catch(() => false),
  )
  const rows = hasParquetOnly ? await readParquet(parquet) : await readCases(join(folder, 'cases.jsonl'))
  assertRowsAndPairs('the four-class test', rows, ROWS, PAIRS)
  return rows
}
