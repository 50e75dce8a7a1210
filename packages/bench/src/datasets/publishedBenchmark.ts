import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { TurnwiseError } from '@turnwise/core'
import type { BenchmarkRow } from './dataset.js'
import { readParquet } from './readParquet.js'
import { assertCount, invalidData } from './rowError.js'

/** The splits of the published benchmark, and how many rows each has. */
const PUBLISHED_SPLITS = { ten: 428, swda: 3523, synthetic: 60 } as const
export type PublishedSplit = keyof typeof PUBLISHED_SPLITS

/** The published benchmark on the model hub. */
export const PUBLISHED_BENCHMARK = 'anyreach-ai/semantic-turn-taking-benchmark'

/**
 * A split of the published benchmark from a folder: `SPLIT.parquet`, `SPLIT-00000-of-00001.parquet` or
 * `SPLIT/….parquet`, at any depth.
 *
 * @throws TurnwiseError DATASET_NOT_FOUND, INVALID_DATASET
 */
export async function readPublishedSplit(
  folder: string,
  split: PublishedSplit,
  expectedRows: number = PUBLISHED_SPLITS[split],
): Promise<BenchmarkRow[]> {
  const paths = await findSplit(folder, split)
  const parts = await Promise.all(paths.map((path) => readParquet(join(folder, path))))
  const rows = parts.flat()
  const file = paths.join(', ')
  if (new Set(rows.map(({ id }) => id)).size !== rows.length) {
    throw invalidData({ file, column: 'id' }, 'two of its files share an id, expected one for each row.')
  }
  assertCount(file, 'rows', rows.length, expectedRows)
  return rows
}

/** The paths of a split's files within a list of paths, in order. */
export function pathsOfSplit(paths: readonly string[], split: PublishedSplit): string[] {
  const pattern = new RegExp(`(^|/)${split}([-_.][^/]*)?\\.parquet$|(^|/)${split}/[^/]*\\.parquet$`)
  return paths.filter((path) => pattern.test(path.replaceAll('\\', '/'))).sort()
}

/** Whether a file, by its path, is of one of the splits. */
export function isOfBenchmark(path: string): boolean {
  return (Object.keys(PUBLISHED_SPLITS) as PublishedSplit[]).some((split) => pathsOfSplit([path], split).length > 0)
}

async function findSplit(folder: string, split: PublishedSplit): Promise<string[]> {
  const all = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new TurnwiseError('DATASET_NOT_FOUND', `The folder ${folder} cannot be read.`, { value: folder, cause })
  })
  const paths = pathsOfSplit(all, split)
  if (paths.length > 0) return paths
  const problem = `${folder} has no file ${split}.parquet or ${split}-….parquet.`
  throw new TurnwiseError('DATASET_NOT_FOUND', problem, { value: split })
}
