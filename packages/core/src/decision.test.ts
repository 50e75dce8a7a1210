import { expect, test } from 'vitest'
import { decide } from './decision.js'

const context = { temperature: 1, agentSpeaking: undefined, tokensRun: 28 }

test('chooses the most probable action of all four while nothing is known of the agent', () => {
  const decision = decide([0, Math.log(2), Math.log(5), 0], context)
  expect(decision).toMatchObject({ action: 'start_listening', tokensRun: 28 })
  expect(decision.confidence).toBeCloseTo(5 / 9)
  expect(decision.probabilities.continue_listening).toBeCloseTo(2 / 9)
})

test.each([
  [true, 'continue_speaking'],
  [false, 'continue_listening'],
] as const)('chooses within the pair that fits when agentSpeaking is %s', (agentSpeaking, action) => {
  const logits = [1, 2, 3, 4]
  const decision = decide(logits, { ...context, agentSpeaking })
  expect(decision.action).toBe(action)
  expect(decision.confidence).toBeCloseTo(1 / (1 + Math.exp(-1)))
  expect(decision.probabilities).toEqual(decide(logits, context).probabilities)
})

test('keeps its confidence where both probabilities of the pair vanish', () => {
  const decision = decide([2000, 0, -2000, -2001], { ...context, agentSpeaking: true })
  expect(decision.probabilities.start_listening).toBe(0)
  expect(decision).toMatchObject({ action: 'start_listening', confidence: 1 / (1 + Math.exp(-1)) })
})

test('divides the logits by the temperature', () => {
  expect(decide([2, 0, 0, 0], { ...context, temperature: 2 }).probabilities).toEqual(
    decide([1, 0, 0, 0], context).probabilities,
  )
})

test('a fifth logit is that of a yield, and changes nothing else', () => {
  const { yielded, ...decision } = decide([1, 2, 3, 4, Math.log(3)], { ...context, temperature: 2 })
  expect(yielded).toBeCloseTo(0.75)
  expect(decision).toEqual(decide([1, 2, 3, 4], { ...context, temperature: 2 }))
})

test('takes the first of equally probable actions', () => {
  expect(decide([1, 1, 1, 1], context).action).toBe('start_speaking')
})
