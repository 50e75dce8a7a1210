import { type Message, TurnwiseError } from '@turnwise/core'
import type { AccessKey } from '../keys.js'
import type { Settings } from '../settings.js'

/** What the sessions of each owner hold, so that none takes the room of the others. */
export interface Holdings {
  /** @throws TurnwiseError TOO_MANY_SESSIONS if the owner may not have one more */
  checkSession(owner: string): void
  /** @throws TurnwiseError TOO_MANY_SESSIONS if the owner's sessions may not hold so much more */
  checkBytes(owner: string, bytes: number): void
  /** Counts what has come, or gone. */
  add(owner: string, sessions: number, bytes: number): void
}

/** How much messages are. */
export interface MessagesSize {
  readonly count: number
  /** Code units of their texts. */
  readonly characters: number
}

/** What a message takes besides its text, about. */
const MESSAGE_BYTES = 128

export function sizeOf(messages: readonly Message[]): MessagesSize {
  return { count: messages.length, characters: messages.reduce((sum, { content }) => sum + content.length, 0) }
}

/** The memory that messages take, at most: two bytes for each code unit. */
export function bytesOf({ count, characters }: MessagesSize): number {
  return 2 * characters + count * MESSAGE_BYTES
}

export function createHoldings(
  { maxSessions, maxKeySessions, maxKeyBytes }: Settings,
  keys: () => readonly AccessKey[],
): Holdings {
  const held = new Map<string, { readonly sessions: number; readonly bytes: number }>()

  function holdingOf(owner: string) {
    return held.get(owner) ?? { sessions: 0, bytes: 0 }
  }

  function mostSessions(): number {
    if (maxKeySessions !== undefined) return maxKeySessions
    const [first, ...others] = keys()
    const hasOthers = others.some(({ name }) => name !== first?.name)
    return hasOthers ? Math.ceil(maxSessions / 2) : maxSessions
  }

  return {
    checkSession(owner) {
      const { sessions } = holdingOf(owner)
      if (sessions < mostSessions()) return
      throw new TurnwiseError('TOO_MANY_SESSIONS', `${sessions} sessions of the key are open.`, { value: sessions })
    },
    checkBytes(owner, bytes) {
      if (bytes === 0 || holdingOf(owner).bytes + bytes <= maxKeyBytes) return
      const problem = `The sessions of the key would hold more than ${maxKeyBytes} bytes.`
      throw new TurnwiseError('TOO_MANY_SESSIONS', problem, { value: maxKeyBytes })
    },
    add(owner, sessions, bytes) {
      const before = holdingOf(owner)
      const after = { sessions: before.sessions + sessions, bytes: before.bytes + bytes }
      if (after.sessions === 0) held.delete(owner)
      else held.set(owner, after)
    },
  }
}
