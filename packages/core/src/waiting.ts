import { type Pace, paceMs } from './pace.js'
import type { Policy, WaitPoint } from './policy.js'

/**
 * How long to let silence run before the agent speaks, in ms: what the policy's table says, longer or shorter by how the
 * user has spoken, and never shorter than for a turn that is surely over.
 *
 * @param completion the probability that the turn is over, 0 to 1
 */
export function waitFor(policy: Policy, completion: number, pace: Pace): number {
  return pacedWait(policy, completion, paceMs(policy, pace))
}

/** The same, where it is known how much longer (ms) the pace makes it. */
export function pacedWait({ wait }: Policy, completion: number, longerMs: number): number {
  return Math.round(Math.max(between(wait, 1), between(wait, completion) + longerMs))
}

function between(table: readonly WaitPoint[], completion: number): number {
  const above = table.findIndex(([probability]) => probability >= completion)
  const [right, rightMs] = table[above] ?? [1, 0]
  const [left, leftMs] = table[above - 1] ?? [right, rightMs]
  return left === right ? rightMs : leftMs + ((completion - left) / (right - left)) * (rightMs - leftMs)
}
