import { type Spread, spreadOf } from '@turnwise/bench'
import type { HttpAnswer } from './httpConnections.js'
import { ANSWERED, REFUSED } from './kindOfAnswer.js'

/** What became of many requests. */
export interface Outcomes {
  readonly answered: number
  readonly answeredMs: Spread
  /** Refused for being too many, with when to come again. */
  readonly refused: number
  readonly refusedMs: Spread
  /** Anything else: how many of each code. */
  readonly failures: Readonly<Record<string, number>>
}

export function countOutcomes(answers: readonly HttpAnswer[]): Outcomes {
  const failures: Record<string, number> = {}
  const answeredMs: number[] = []
  const refusedMs: number[] = []
  for (const { kind, saysWhen, tookMs } of answers) {
    if (kind === ANSWERED) answeredMs.push(tookMs)
    else if (kind === REFUSED && saysWhen) refusedMs.push(tookMs)
    else failures[kind] = (failures[kind] ?? 0) + 1
  }
  return {
    answered: answeredMs.length,
    answeredMs: spreadOf(answeredMs),
    refused: refusedMs.length,
    refusedMs: spreadOf(refusedMs),
    failures,
  }
}
