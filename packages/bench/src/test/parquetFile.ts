import type { CompressionCodec } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'

/** A row as the published benchmark has it. */
export interface ParquetCase {
  readonly id: string
  readonly messages: unknown
  readonly action: number
}

/** A parquet of the published form; columns can be left out. Of another codec than Snappy it has only the name. */
export function parquetFile(
  cases: readonly ParquetCase[],
  without: readonly string[] = [],
  codec: CompressionCodec = 'SNAPPY',
): Uint8Array {
  const columns = [
    { name: 'id', data: cases.map(({ id }) => id), type: 'STRING' as const },
    { name: 'messages', data: cases.map(({ messages }) => messages), type: 'JSON' as const },
    { name: 'action', data: cases.map(({ action }) => BigInt(action)), type: 'INT64' as const },
  ]
  const columnData = columns.filter(({ name }) => !without.includes(name))
  const compressors = codec === 'SNAPPY' ? {} : { [codec]: (bytes: Uint8Array) => bytes }
  return new Uint8Array(parquetWriteBuffer({ columnData, codec, compressors }))
}
