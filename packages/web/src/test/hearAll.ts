import type { Detector, SessionDecision } from '@turnwise/core'
import { type Conversation, partials } from './conversations.js'

/** A decision, and how long it took. */
export interface TimedDecision extends SessionDecision {
  readonly elapsedMs: number
}

/** The decision after each word of each conversation, each in a session of its own. */
export async function hearAll(detector: Detector, conversations: readonly Conversation[]): Promise<TimedDecision[][]> {
  const all: TimedDecision[][] = []
  for (const { before, words } of conversations) {
    const session = detector.openSession({ messages: before })
    const decisions: TimedDecision[] = []
    for (const partial of partials(words)) {
      const start = performance.now()
      const decision = await session.hear(partial)
      decisions.push({ ...decision, elapsedMs: performance.now() - start })
    }
    all.push(decisions)
    await session.close()
  }
  return all
}
