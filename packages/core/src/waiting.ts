import type { Policy, WaitPoint } from './policy.js'
import { wordsOf } from './spokenWords.js'

/**
 * How long to let silence run before the agent speaks, in ms: what the policy's table says, and longer the longer the
 * turn is.
 *
 * @param completion the probability that the turn is over, 0 to 1
 * @param turn all that the user has said in this turn
 */
export function waitFor(policy: Policy, completion: number, turn: string): number {
  const longer = Math.min(1, wordsOf(turn).length / policy.longTurnWords) * policy.longTurnMs
  return Math.round(between(policy.wait, completion) + longer)
}

function between(table: readonly WaitPoint[], completion: number): number {
  const above = table.findIndex(([probability]) => probability >= completion)
  const [right, rightMs] = table[above] ?? [1, 0]
  const [left, leftMs] = table[above - 1] ?? [right, rightMs]
  return left === right ? rightMs : leftMs + ((completion - left) / (right - left)) * (rightMs - leftMs)
}
