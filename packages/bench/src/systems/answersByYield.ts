import { SILENT_ACTIONS } from '@turnwise/core'
import type { SystemAnswer, SystemFacts } from './system.js'

/** A yield is likelier than not. */
const YIELDED_FROM = 0.5

/**
 * The same system on labels that say what people did among themselves: whether the turn is over is told by its yield
 * output, everything else by its actions. Undefined for a system that has no such output.
 */
export function answersByYield(
  facts: SystemFacts,
  answers: readonly SystemAnswer[],
): { readonly facts: SystemFacts; readonly answers: readonly SystemAnswer[] } | undefined {
  const changed = answers.flatMap((answer) => (answer.yielded === undefined ? [] : [byYield(answer, answer.yielded)]))
  if (changed.length < answers.length) return undefined
  return { facts: { ...facts, name: `${facts.name}, by its yield` }, answers: changed }
}

function byYield({ action, actionInState }: SystemAnswer, yielded: number): SystemAnswer {
  const silent = SILENT_ACTIONS[yielded >= YIELDED_FROM ? 0 : 1]
  const settle = (given: SystemAnswer['action']) => (SILENT_ACTIONS.some((each) => each === given) ? silent : given)
  return { action: settle(action), actionInState: settle(actionInState), turnProbability: yielded }
}
