import { expect, test } from 'vitest'
import { answersByYield } from './answersByYield.js'
import type { SystemAnswer } from './system.js'

const FACTS = { name: 'ours', kind: 'model' } as const
const answer = (action: SystemAnswer['action'], yielded?: number): SystemAnswer => {
  return { action, actionInState: action, turnProbability: 0.3, ...(yielded === undefined ? {} : { yielded }) }
}

test('whether a turn is over is told by the yield, a backchannel by the action', () => {
  const answers = [answer('start_speaking', 0.2), answer('continue_listening', 0.5), answer('continue_speaking', 0.9)]
  expect(answersByYield(FACTS, answers)).toEqual({
    facts: { name: 'ours, by its yield', kind: 'model' },
    answers: [
      { action: 'continue_listening', actionInState: 'continue_listening', turnProbability: 0.2 },
      { action: 'start_speaking', actionInState: 'start_speaking', turnProbability: 0.5 },
      { action: 'continue_speaking', actionInState: 'continue_speaking', turnProbability: 0.9 },
    ],
  })
})

test('a system without such an output has no such answers', () => {
  expect(answersByYield(FACTS, [answer('start_speaking', 0.2), answer('start_speaking')])).toBeUndefined()
})
