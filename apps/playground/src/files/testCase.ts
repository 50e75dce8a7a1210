import type { Beat, Judge } from '../stage/performance.js'

const FORMAT_VERSION = 2
const ROUNDING = 1e6

/** The conversation as a test case: who judged, the steps to play again, and what was decided at each word. JSON. */
export function testCase(beats: readonly Beat[], judges: readonly Judge[]): string {
  const steps = beats.map(({ step }) => step)
  const decisions = beats.flatMap(({ verdicts, messages }, step) =>
    verdicts.map(({ decision: { action, probabilities, waitMs, reason } }, judge) => {
      const rounded = Object.entries(probabilities).map(([key, value]) => [key, round(value)])
      const { rule, probability, threshold } = reason
      return {
        step,
        judge,
        messages,
        action,
        probabilities: Object.fromEntries(rounded),
        waitMs,
        reason: { rule, probability: round(probability), threshold },
      }
    }),
  )
  const named = judges.map(({ detector: { manifest }, policy }) => {
    const { name, version } = manifest
    return { model: { name, version }, policy }
  })
  return `${JSON.stringify({ formatVersion: FORMAT_VERSION, judges: named, steps, decisions }, undefined, 2)}\n`
}

function round(value: number): number {
  return Math.round(value * ROUNDING) / ROUNDING
}
