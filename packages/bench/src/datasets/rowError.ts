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

/** Ids and names of pairs: without spaces, so that no sentence is one. */
const NAME_LIKE = /^[\w.:^%-]{1,32}$/
/** A number of a telephone or a card. */
const LONG_NUMBER = /\d{5}/

/** An id or a pair's name for an error: as it is if it has letters and short numbers, otherwise it may be what was said. */
export function quoteName(name: string): string {
  const isName = NAME_LIKE.test(name) && /[a-z]/i.test(name) && /\d/.test(name) && !LONG_NUMBER.test(name)
  return isName ? JSON.stringify(name) : describeText(name)
}

/** Of a text never more than its length: in a wrong column it may be what somebody said, a single word or a number too. */
function describePrivately(value: unknown): string {
  if (typeof value === 'string') return describeText(value)
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  return isNumber && LONG_NUMBER.test(String(value)) ? 'a number of five digits or more' : describeValue(value)
}

function describeText({ length }: string): string {
  return `a text of ${length} ${length === 1 ? 'character' : 'characters'}`
}

/** As {@link invalidData}, for a value of which a few are known. */
export function unexpectedValue(place: Place, value: unknown, expected: string): TurnwiseError {
  const found = describePrivately(value)
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
