import type { WaitPoint } from './policy.js'

/**
 * How long to let silence run before the agent speaks, in ms: straight lines between the points of a policy's table.
 *
 * @param completion the probability that the turn is over, 0 to 1
 */
export function waitFor(table: readonly WaitPoint[], completion: number): number {
  const above = table.findIndex(([probability]) => probability >= completion)
  const [right, rightMs] = table[above] ?? [1, 0]
  const [left, leftMs] = table[above - 1] ?? [right, rightMs]
  if (left === right) return rightMs
  return Math.round(leftMs + ((completion - left) / (right - left)) * (rightMs - leftMs))
}
