import { type Action, type DecisionReason, RULES } from '@turnwise/core'
import { expect, test } from 'vitest'
import { explain, percent, seconds } from './actionTexts.js'

const SILENT: readonly Action[] = ['start_listening', 'continue_speaking']

function decided(reason: Partial<DecisionReason>, stop = 0) {
  return {
    action: 'start_speaking' as const,
    probabilities: { start_speaking: 1 - stop, continue_listening: 0, start_listening: stop, continue_speaking: 0 },
    reason: { rule: 'threshold' as const, probability: 0.72, threshold: 0.55, excluded: SILENT, paceMs: 0, ...reason },
  }
}

test('the numbers that were compared are said', () => {
  expect(explain(decided({}))).toBe('The model is 72% sure of the end of the turn, and 55% is needed.')
  expect(explain(decided({ excluded: ['start_speaking', 'continue_listening'] }))).toContain('sure of an interruption')
})

test('what the model would rather have done is said to be left out', () => {
  expect(explain(decided({}, 0.9))).toMatch(
    /^The agent is silent, so “Stop” and “Go on” are left out\. The model is 72%/,
  )
})

test('every rule has a sentence of its own', () => {
  const sentences = RULES.map((rule) => explain({ ...decided({ rule }), action: 'continue_listening' }))
  // One sentence serves both rules of silence: the action tells them apart.
  expect(new Set(sentences).size).toBe(RULES.length - 1)
})

test('a pace that moves the wait is said', () => {
  expect(explain(decided({ paceMs: 420 }))).toMatch(/needed\. The wait is 0\.42 s longer for the length of the turn/)
  expect(explain(decided({ paceMs: -310 }))).toContain('0.31 s shorter')
  expect(explain(decided({ paceMs: 99 }))).not.toContain('wait')
})

test('short figures', () => {
  expect([percent(0.923), seconds(420), seconds(1940)]).toEqual(['92%', '0.42 s', '1.9 s'])
})
