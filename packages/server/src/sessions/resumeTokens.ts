import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { type SavedSession, type Session, TurnwiseError } from '@turnwise/core'

/** Sessions as texts that open them again, on any instance with the same secret. */
export interface ResumeTokens {
  /** Seals a session for its owner; nobody without the secret can read it, or change it unnoticed. */
  seal(owner: string, session: Session): string
  /**
   * What a token of this owner holds; `openSession` checks it.
   *
   * @throws TurnwiseError INVALID_RESUME_TOKEN
   */
  open(owner: string, token: string): SavedSession
}

/** What is sealed. */
interface Content {
  readonly expiresAtMs: number
  readonly saved: SavedSession
}

const CIPHER = 'aes-256-gcm'
const PURPOSE = 'turnwise resume token 1'
const [SALT_BYTES, KEY_BYTES, NONCE_BYTES, TAG_BYTES] = [24, 32, 12, 16]

/**
 * A token is salt, ciphertext and tag, in base64url.
 *
 * @param secrets those that are known now: the first seals, and all open
 * @param lifetimeMs how long a token can be opened
 */
export function createResumeTokens(secrets: () => readonly string[], lifetimeMs: number): ResumeTokens {
  return {
    seal(owner, session) {
      const [secret] = secrets()
      if (secret === undefined) throw new Error('There is no secret.')
      const salt = randomBytes(SALT_BYTES)
      const cipher = createCipheriv(CIPHER, ...deriveKey(secret, salt)).setAAD(Buffer.from(owner))
      const content = JSON.stringify({ expiresAtMs: Date.now() + lifetimeMs, saved: session })
      const parts = [salt, cipher.update(content, 'utf8'), cipher.final(), cipher.getAuthTag()]
      return Buffer.concat(parts).toString('base64url')
    },
    open(owner, token) {
      const bytes = Buffer.from(token, 'base64url')
      for (const secret of secrets()) {
        const content = decrypt(secret, owner, bytes)
        if (content === undefined) continue
        if (content.expiresAtMs > Date.now()) return content.saved
        throw new TurnwiseError('INVALID_RESUME_TOKEN', 'The token has expired.')
      }
      throw new TurnwiseError('INVALID_RESUME_TOKEN', 'No secret of this server has sealed the token for this key.')
    },
  }
}

/** A key and a nonce for one token. With keys of their own, the number of tokens that a secret may seal has no bound. */
function deriveKey(secret: string, salt: Buffer): [key: Buffer, nonce: Buffer] {
  const bytes = Buffer.from(hkdfSync('sha256', secret, salt, PURPOSE, KEY_BYTES + NONCE_BYTES))
  return [bytes.subarray(0, KEY_BYTES), bytes.subarray(KEY_BYTES)]
}

function decrypt(secret: string, owner: string, bytes: Buffer): Content | undefined {
  if (bytes.length < SALT_BYTES + TAG_BYTES) return undefined
  const key = deriveKey(secret, bytes.subarray(0, SALT_BYTES))
  const decipher = createDecipheriv(CIPHER, ...key, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(owner))
    .setAuthTag(bytes.subarray(-TAG_BYTES))
  const text = decipher.update(bytes.subarray(SALT_BYTES, -TAG_BYTES), undefined, 'utf8')
  try {
    return JSON.parse(text + decipher.final('utf8')) as Content
  } catch {
    return undefined
  }
}
