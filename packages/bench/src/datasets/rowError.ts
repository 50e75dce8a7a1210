import { describeValue, TurnwiseError } from '@turnwise/core'

/** A place in a benchmark's data. */
export interface Place {
  /** The name of the file, without its folder. */
  readonly file: string
  /** From 1, as an editor counts lines. */
  readonly row?: number | undefined
  readonly column?: string | undefined
}

/** An error that says where the data is wrong and what was expected there. Texts of conversations never appear in it. */
export function invalidData({ file, row, column }: Place, problem: string, value?: unknown): TurnwiseError {
  const where = [file, row === undefined ? [] : `row ${row}`, column === undefined ? [] : `column ${column}`].flat()
  return new TurnwiseError('INVALID_DATASET', `${where.join(', ')}: ${problem}`, { value })
}

/** Names, ids and tags. Without spaces, so that no sentence is one. */
const WORD_LIKE = /^[\w.:^%-]{0,32}$/

/** Whether a value may stand in an error: in a wrong column there may be what somebody said. */
export function isQuotable(value: unknown): boolean {
  return typeof value !== 'string' || WORD_LIKE.test(value)
}

/** A value for an error, of a text that is not like a word only the length. */
export function quote(value: unknown): string {
  return typeof value !== 'string' || isQuotable(value) ? describeValue(value) : `a text of ${value.length} characters`
}

/** As {@link invalidData}, for a value that should be no text of a conversation. */
export function unexpectedValue(place: Place, value: unknown, expected: string): TurnwiseError {
  const found = quote(value)
  return invalidData(place, `found ${found}, expected ${expected}.`, found)
}

/** As {@link invalidData}, for a value that may be what somebody said: only its type appears. */
export function unexpectedType(place: Place, value: unknown, expected: string): TurnwiseError {
  const type = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`
  return invalidData(place, `found ${value === undefined ? 'nothing' : type}, expected ${expected}.`, type)
}

/** @throws TurnwiseError INVALID_DATASET if a set has not as many rows as were published */
export function assertCount(file: string, what: string, found: number, expected: number): void {
  if (found === expected) return
  const [has, should] = [found, expected].map((count) => count.toLocaleString('en-GB'))
  throw invalidData({ file }, `it has ${has} ${what}, expected ${should}.`, found)
}
