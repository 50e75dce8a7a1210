import { describeUnquoted, TurnwiseError } from './errors.js'
import { isRecord } from './json.js'

/**
 * Checks that what was given as options is an object.
 *
 * @throws TurnwiseError INVALID_OPTION
 */
export function validateOptions(options: unknown): void {
  if (isRecord(options)) return
  throw new TurnwiseError('INVALID_OPTION', `The options are ${describeUnquoted(options)}, expected an object.`)
}

/**
 * Checks an option that is on or off.
 *
 * @throws TurnwiseError INVALID_OPTION
 */
export function validateFlag(name: string, value: unknown): asserts value is boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return
  throw new TurnwiseError('INVALID_OPTION', `${name} is ${describeUnquoted(value)}, expected true, false or undefined.`)
}
