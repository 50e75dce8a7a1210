import { type Pace, pacedCompletion } from './pace.js'
import type { Policy } from './policy.js'

/**
 * How long to let silence run before the agent speaks, in ms: what the policy's table says of the probability that the
 * turn is over, for how the user has spoken.
 *
 * @param completion that probability from the words alone, 0 to 1
 */
export function waitFor(policy: Policy, completion: number, pace: Pace): number {
  return tableWait(policy, pacedCompletion(policy, completion, pace))
}

/** What the policy's table says, in ms. */
export function tableWait({ wait }: Policy, completion: number): number {
  const above = wait.findIndex(([probability]) => probability >= completion)
  const [right, rightMs] = wait[above] ?? [1, 0]
  const [left, leftMs] = wait[above - 1] ?? [right, rightMs]
  return Math.round(left === right ? rightMs : leftMs + ((completion - left) / (right - left)) * (rightMs - leftMs))
}
