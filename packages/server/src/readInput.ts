import { readFile } from 'node:fs/promises'
import { TurnwiseError } from '@turnwise/core'

/**
 * The text of a file that the settings name.
 *
 * @param what it is called in the error
 * @throws TurnwiseError INPUT_UNREADABLE
 */
export async function readInput(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new TurnwiseError('INPUT_UNREADABLE', `${what} cannot be read.`, { value: path, cause })
  }
}
