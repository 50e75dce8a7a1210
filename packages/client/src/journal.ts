import type { SessionDecision } from '@turnwise/core'
import type { Call } from './call.js'
import type { SessionEvent } from './protocol.js'

/** An event, and who waits for its decision. */
interface Entry {
  readonly event: SessionEvent
  calls: Call<SessionDecision | undefined>[]
}

/** What a session was told since it began, or since the token with which it can begin again. */
export interface Journal {
  readonly size: number
  /** The number of the last event; each is one more than that before it. */
  readonly lastSeq: number
  add(entry: Entry): void
  at(seq: number): Entry | undefined
  /** All from a number on, with their numbers. */
  from(seq: number): [number, Entry][]
  /** Whether a number is that of an event here, or of the one before the first. */
  reaches(seq: number): boolean
  /** Whether somebody waits for a decision up to a number. */
  isAwaited(seq: number): boolean
  /** Forgets what a token holds, up to a number. */
  forget(seq: number): void
  /** The first event has the number 1 again. */
  renumber(): void
}

export function createJournal(): Journal {
  let entries: Entry[] = []
  let firstSeq = 1

  function lastSeq(): number {
    return firstSeq + entries.length - 1
  }

  return {
    get size() {
      return entries.length
    },
    get lastSeq() {
      return lastSeq()
    },
    add(entry) {
      entries.push(entry)
    },
    at: (seq) => entries[seq - firstSeq],
    from(seq) {
      const numbered = entries.map((entry, index): [number, Entry] => [firstSeq + index, entry])
      return numbered.slice(Math.max(0, seq - firstSeq))
    },
    reaches: (seq) => seq >= firstSeq - 1 && seq <= lastSeq(),
    isAwaited(seq) {
      return entries.slice(0, Math.max(0, seq - firstSeq + 1)).some(({ calls }) => calls.some(({ isDone }) => !isDone))
    },
    forget(seq) {
      entries = entries.slice(Math.max(0, seq - firstSeq + 1))
      firstSeq = Math.max(firstSeq, seq + 1)
    },
    renumber() {
      firstSeq = 1
    },
  }
}
