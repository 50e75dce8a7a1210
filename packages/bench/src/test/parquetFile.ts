import { parquetWriteBuffer } from 'hyparquet-writer'

/** A row as the published benchmark has it. */
export interface ParquetCase {
  readonly id: string
  readonly messages: unknown
  readonly action: number
}

/** A parquet of the published form; columns can be left out. */
export function parquetFile(cases: readonly ParquetCase[], without: readonly string[] = []): Uint8Array {
  const columns = [
    { name: 'id', data: cases.map(({ id }) => id), type: 'STRING' as const },
    { name: 'messages', data: cases.map(({ messages }) => messages), type: 'JSON' as const },
    { name: 'action', data: cases.map(({ action }) => BigInt(action)), type: 'INT64' as const },
  ]
  return new Uint8Array(parquetWriteBuffer({ columnData: columns.filter(({ name }) => !without.includes(name)) }))
}
