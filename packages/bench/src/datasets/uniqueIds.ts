import { invalidData, quoteName } from './rowError.js'

/** A check that is told each id of a file and its row, and throws INVALID_DATASET at one that was there before. */
export function uniqueIds(file: string): (id: string, row: number) => void {
  const rows = new Map<string, number>()
  return (id, row) => {
    const before = rows.get(id)
    rows.set(id, row)
    if (before === undefined) return
    throw invalidData({ file, row, column: 'id' }, `it is that of row ${before}, expected its own.`, quoteName(id))
  }
}
