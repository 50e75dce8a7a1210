import { describeValue, TurnwiseError } from '../errors.js'

/**
 * Holds an option to what it may be.
 *
 * @param expected in words, for the error
 * @throws TurnwiseError INVALID_OPTION
 */
export function checkOption(name: string, value: unknown, isRight: boolean, expected: string): void {
  if (isRight) return
  throw new TurnwiseError('INVALID_OPTION', `${name} is ${describeValue(value)}, expected ${expected}.`, { value })
}

/** Whether a value is a whole number within limits. */
export function isWhole(value: number, least: number, most = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most
}
