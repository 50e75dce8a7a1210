import { randomUUID } from 'node:crypto'
import { type Detector, type SavedSession, type Session, type SessionOptions, TurnwiseError } from '@turnwise/core'
import type { AccessKey } from '../keys.js'
import type { Settings } from '../settings.js'
import { bytesOf, createHoldings, type MessagesSize, sizeOf } from './holdings.js'

/** A session that is open here. */
export interface StoredSession {
  readonly id: string
  /** Whose it is. */
  readonly owner: string
  readonly session: Session
  /** Of its messages, after the last change. */
  size: MessagesSize
  /** The number of the last message that a stream had for it; 0 before the first. */
  lastSeq: number
  /** The stream that it is attached to is told when the session ends, or another stream takes it. */
  leave: ((reason: LeaveReason) => void) | undefined
}

/** Why a stream loses a session. */
export const LEAVE_REASONS = ['closed', 'idle', 'taken', 'stopping'] as const
export type LeaveReason = (typeof LEAVE_REASONS)[number]

/** All open sessions. Each belongs to the key that opened it: to others it is not there. */
export interface SessionStore {
  readonly size: number
  /**
   * Opens a session.
   *
   * @param id by default one that nobody can guess
   * @throws TurnwiseError SESSION_EXISTS, TOO_MANY_SESSIONS, and those of `openSession`
   */
  open(owner: string, id: string | undefined, options: SessionOptions | SavedSession): StoredSession
  /**
   * Finds a session, and keeps it for another while.
   *
   * @throws TurnwiseError SESSION_NOT_FOUND
   */
  use(owner: string, id: string): StoredSession
  /**
   * Changes a session, within what all sessions of its owner may hold.
   *
   * @param more what it may hold then besides what it holds
   * @throws TurnwiseError TOO_MANY_SESSIONS, and what `change` throws
   */
  change<Result>(stored: StoredSession, more: MessagesSize, change: () => Result): Result
  /** Ends a session. @throws TurnwiseError SESSION_NOT_FOUND */
  end(owner: string, id: string): Promise<void>
  /** Ends all. */
  close(): Promise<void>
}

interface Entry {
  readonly stored: StoredSession
  usedMs: number
}

/** How often idle sessions are looked for, in the time that they may be idle. */
const SWEEPS = 10

export function createSessionStore(
  detector: Detector,
  settings: Settings,
  keys: () => readonly AccessKey[],
): SessionStore {
  const { maxSessions, sessionIdleMs } = settings
  const holdings = createHoldings(settings, keys)
  /** In the order of their last use. */
  const entries = new Map<string, Entry>()
  const sweeper = setInterval(sweep, Math.max(1, sessionIdleMs / SWEEPS)).unref()

  /** The owner and the id; no id has a space. */
  function keyOf(owner: string, id: string): string {
    return `${id} ${owner}`
  }

  function find(owner: string, id: string): Entry {
    const entry = entries.get(keyOf(owner, id))
    if (entry === undefined) throw new TurnwiseError('SESSION_NOT_FOUND', 'There is no such session here.')
    return entry
  }

  async function remove(key: string, { stored }: Entry, reason: LeaveReason): Promise<void> {
    entries.delete(key)
    holdings.add(stored.owner, -1, -bytesOf(stored.size))
    stored.leave?.(reason)
    stored.leave = undefined
    await stored.session.close()
  }

  function sweep(): void {
    const oldestMs = performance.now() - sessionIdleMs
    for (const [key, entry] of entries) {
      if (entry.usedMs > oldestMs) break
      void remove(key, entry, 'idle')
    }
  }

  return {
    get size() {
      return entries.size
    },
    open(owner, id = randomUUID(), options) {
      const key = keyOf(owner, id)
      if (entries.has(key)) throw new TurnwiseError('SESSION_EXISTS', 'The session is open already.')
      if (entries.size >= maxSessions) {
        throw new TurnwiseError('TOO_MANY_SESSIONS', `${entries.size} sessions are open.`, { value: entries.size })
      }
      holdings.checkSession(owner)
      const session = detector.openSession(options)
      const size = sizeOf(session.messages)
      holdings.checkBytes(owner, bytesOf(size))
      holdings.add(owner, 1, bytesOf(size))
      const stored = { id, owner, session, size, lastSeq: 0, leave: undefined }
      entries.set(key, { stored, usedMs: performance.now() })
      return stored
    },
    use(owner, id) {
      const entry = find(owner, id)
      entry.usedMs = performance.now()
      const key = keyOf(owner, id)
      entries.delete(key)
      entries.set(key, entry)
      return entry.stored
    },
    change(stored, more, change) {
      const { id, owner, session, size } = stored
      holdings.checkBytes(owner, bytesOf(more))
      try {
        return change()
      } finally {
        if (entries.get(keyOf(owner, id))?.stored === stored) {
          stored.size = sizeOf(session.messages)
          holdings.add(owner, 0, bytesOf(stored.size) - bytesOf(size))
        }
      }
    },
    async end(owner, id) {
      await remove(keyOf(owner, id), find(owner, id), 'closed')
    },
    async close() {
      clearInterval(sweeper)
      await Promise.all([...entries].map(([key, entry]) => remove(key, entry, 'stopping')))
    },
  }
}
