import { TurnwiseError } from '@turnwise/core'
import type { StreamingResult } from '../streaming/streamingResult.js'
import { count } from './reportTable.js'

const KINDS = ['holds', 'ends', 'backchannels', 'interruptions'] as const

/**
 * Makes sure that two results have played the same moments in the same way: figures of others cannot be compared.
 *
 * @throws TurnwiseError INVALID_RESULT
 */
export function assertSamePlayed(before: StreamingResult, after: StreamingResult): void {
  if (before.conversations.join() !== after.conversations.join()) {
    throw notComparable('played other conversations')
  }
  if (before.lagMs !== after.lagMs) {
    throw notComparable(`have words heard ${before.lagMs} and ${after.lagMs} ms after their ends (--lag-ms)`)
  }
  for (const kind of KINDS) {
    if (before[kind] !== after[kind]) {
      throw notComparable(`played ${count(before[kind])} and ${count(after[kind])} ${kind} (--limit)`)
    }
    // Conversations of the same names may be others, and samples of them of the same size too.
    if (before.found[kind] !== after.found[kind]) {
      throw notComparable(`found ${count(before.found[kind])} and ${count(after.found[kind])} ${kind}`)
    }
  }
  const isSample = KINDS.some((kind) => before[kind] < before.found[kind])
  if (isSample && before.seed !== after.seed) {
    throw notComparable(`played samples drawn by the seeds ${before.seed} and ${after.seed} (--seed)`)
  }
}

function notComparable(why: string): TurnwiseError {
  return new TurnwiseError('INVALID_RESULT', `The two results ${why}: they cannot be compared.`)
}
