import { basename } from 'node:path'
import { isRecord } from '@turnwise/core'
import { type FileMetaData, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet'
import type { BenchmarkRow } from './dataset.js'
import { readRows } from './readCases.js'
import { readData } from './readLines.js'
import { invalidData, unexpectedType } from './rowError.js'

/** The columns of the published benchmark that are needed, and those of ours that are read where they are there. */
const NEEDED_COLUMNS = ['id', 'messages', 'action'] as const
const OPTIONAL_COLUMNS = ['group', 'pair', 'expect', 'expect_length'] as const

/**
 * Rows from a file of the published benchmark's form: `messages` a list of {role, content} or the same as JSON,
 * `action` in the class order 0 start_speaking, 1 continue_listening, 2 start_listening, 3 continue_speaking.
 *
 * @throws TurnwiseError DATASET_NOT_FOUND, INVALID_DATASET
 */
export async function readParquet(path: string): Promise<BenchmarkRow[]> {
  const file = basename(path)
  const bytes = await readData(path)
  const buffer = Uint8Array.from(bytes).buffer
  const metadata = await reading(file, () => parquetMetadataAsync({ byteLength: buffer.byteLength, slice }))
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name)
  for (const name of NEEDED_COLUMNS) {
    if (columns.includes(name)) continue
    throw invalidData({ file, column: name }, `it is missing, found the columns ${columns.join(', ')}.`, columns)
  }
  const read = [...NEEDED_COLUMNS, ...OPTIONAL_COLUMNS.filter((name) => columns.includes(name))]
  checkCodecs(metadata, read, file)
  const values = await reading(file, () => parquetReadObjects({ file: buffer, metadata, columns: read }))
  if (values.length !== Number(metadata.num_rows)) {
    throw invalidData({ file }, `it has ${values.length} rows, its footer states ${metadata.num_rows}.`, values.length)
  }
  const lines = values.map((value, index) => ({ row: index + 1, value: unpackMessages(value, file, index + 1) }))
  return readRows(lines, file)

  function slice(start: number, end?: number): ArrayBuffer {
    return buffer.slice(start, end)
  }
}

/** @throws TurnwiseError INVALID_DATASET if a column that is read is compressed in a way that the reader lacks */
function checkCodecs({ row_groups: groups }: FileMetaData, read: readonly string[], file: string): void {
  for (const { meta_data: column } of groups.flatMap(({ columns }) => columns)) {
    if (column === undefined || !read.includes(column.path_in_schema[0] ?? '')) continue
    const { codec } = column
    if (codec === 'UNCOMPRESSED' || codec === 'SNAPPY') continue
    throw invalidData({ file }, `it is compressed with ${codec}, expected no compression or Snappy.`, codec)
  }
}

async function reading<Result>(file: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch {
    // The reader's own message may quote bytes of the file, which are private.
    throw invalidData(
      { file },
      'it is no parquet that can be read, expected a whole file, plain or packed with Snappy.',
    )
  }
}

/** Some writers keep the messages as JSON. */
function unpackMessages(value: unknown, file: string, row: number): unknown {
  if (!isRecord(value) || typeof value.messages !== 'string') return value
  try {
    return { ...value, messages: JSON.parse(value.messages) as unknown }
  } catch {
    throw unexpectedType({ file, row, column: 'messages' }, value.messages, 'a list of messages')
  }
}
