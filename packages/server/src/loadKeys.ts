import { TurnwiseError } from '@turnwise/core'
import { type AccessKey, parseKeys } from './keys.js'
import { readInput } from './readInput.js'
import type { Settings } from './settings.js'

/**
 * The keys of the settings and of their file.
 *
 * @throws TurnwiseError INPUT_UNREADABLE, INVALID_KEYS; also if the file holds none: an empty file must not let
 *   everybody in
 */
export async function loadKeys({ keys, keysFile }: Settings): Promise<AccessKey[]> {
  const own = keys === undefined ? [] : parseKeys(keys)
  if (keysFile === undefined) return own
  const fromFile = parseKeys(await readInput(keysFile, `The keys in ${keysFile}`))
  if (fromFile.length === 0) throw new TurnwiseError('INVALID_KEYS', `${keysFile} holds no key.`, { value: keysFile })
  return [...own, ...fromFile]
}
