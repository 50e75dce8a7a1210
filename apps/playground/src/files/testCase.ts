import type { Manifest } from '@turnwise/web'
import type { Script } from '../script/step.js'
import type { Beat } from '../stage/performance.js'

const FORMAT_VERSION = 1
const ROUNDING = 1e6

/** The conversation as a test case: the steps to play again, and what was decided at each word. JSON. */
export function testCase(script: Script, beats: readonly Beat[], { name, version }: Manifest): string {
  const decisions = beats.flatMap(({ verdicts, messages }, step) =>
    verdicts.map(({ policy, decision: { action, probabilities, waitMs, reason } }) => {
      const rounded = Object.entries(probabilities).map(([key, value]) => [key, round(value)])
      const { rule, probability, threshold } = reason
      return {
        step,
        policy,
        messages,
        action,
        probabilities: Object.fromEntries(rounded),
        waitMs,
        reason: { rule, probability: round(probability), threshold },
      }
    }),
  )
  const { policy, rival, steps } = script
  const model = { name, version }
  return `${JSON.stringify({ formatVersion: FORMAT_VERSION, model, policy, rival, steps, decisions }, undefined, 2)}\n`
}

function round(value: number): number {
  return Math.round(value * ROUNDING) / ROUNDING
}
