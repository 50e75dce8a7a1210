import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { TurnwiseError } from '@turnwise/core'

/** A key as the server knows it: never the key itself. */
export interface AccessKey {
  /** For the log and the metrics; sessions belong to it. */
  readonly name: string
  /** SHA-256. The keys are random, 256 bits: a slow hash would protect nothing more. */
  readonly hash: Buffer
}

/** A key that was just made. */
export interface NewKey {
  /** To be given to the caller; it cannot be found out again. */
  readonly key: string
  /** What the server is to know of it. */
  readonly line: string
}

const LINE = /^([A-Za-z0-9._-]{1,64}) sha256:([0-9a-f]{64})$/

/** @throws TurnwiseError INVALID_KEYS if the name is none */
export function createKey(name: string): NewKey {
  const key = `tw_${randomBytes(32).toString('base64url')}`
  const line = `${name} sha256:${hashOf(key).toString('hex')}`
  if (!LINE.test(line))
    throw new TurnwiseError('INVALID_KEYS', 'A name has 1 to 64 of A-Z a-z 0-9 . _ -', { value: name })
  return { key, line }
}

/**
 * Reads lines `NAME sha256:HASH`; a comma ends a line too. Empty lines and those that begin with # are left out.
 * A name may come several times: while keys are exchanged, the old and the new one share it, and its sessions.
 *
 * @throws TurnwiseError INVALID_KEYS, naming the line and not what it holds
 */
export function parseKeys(text: string): AccessKey[] {
  const lines = text.split(/[\n,]/).map((line) => line.trim())
  return lines.flatMap((line, index) => {
    if (line === '' || line.startsWith('#')) return []
    const [, name, hash] = LINE.exec(line) ?? []
    if (name === undefined || hash === undefined) {
      throw new TurnwiseError('INVALID_KEYS', `Line ${index + 1} of the keys is none.`, { value: index + 1 })
    }
    return [{ name, hash: Buffer.from(hash, 'hex') }]
  })
}

/** The key that was presented. All are compared, each in constant time. */
export function findKey(keys: readonly AccessKey[], presented: string): AccessKey | undefined {
  const hash = hashOf(presented)
  return keys.filter((key) => timingSafeEqual(key.hash, hash))[0]
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}
