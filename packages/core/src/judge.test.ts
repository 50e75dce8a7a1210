import { describe, expect, test } from 'vitest'
import { judge, judgeSilence, type Situation } from './judge.js'
import { POLICIES, type Policy } from './policy.js'

const policy: Policy = {
  ...POLICIES.balanced,
  interruptFrom: 0.5,
  confidentFrom: 0.7,
  wait: [
    [0, 2400],
    [0.3, 1900],
    [0.9, 510],
    [1, 250],
  ],
}
/** After which the wait is the table's. */
const TYPICAL = { turnMs: 3000, held: 0, answered: 0 }
const silent: Situation = {
  completion: 0.9,
  interruption: 0.9,
  agentSpeaking: false,
  text: 'I was charged twice',
  pace: TYPICAL,
  expect: undefined,
  lastAction: undefined,
  wasStopped: false,
}
const speaking: Situation = { ...silent, agentSpeaking: true }

describe('while the agent is silent', () => {
  test('the more probable the end, the shorter the wait', () => {
    expect(judge(policy, silent)).toEqual({
      action: 'start_speaking',
      waitMs: 510,
      reason: {
        rule: 'threshold',
        probability: 0.9,
        threshold: 0.5,
        excluded: ['start_listening', 'continue_speaking'],
        paceMs: 0,
      },
    })
    expect(judge(policy, { ...silent, completion: 0.3 })).toMatchObject({ action: 'continue_listening', waitMs: 1900 })
  })

  test('the wait follows the pace of the user, and the reason says by how much', () => {
    const [short, long] = [2000, 9000].map((turnMs) => judge(policy, { ...silent, pace: { ...TYPICAL, turnMs } }))
    expect(short?.reason.paceMs).toBeLessThan(0)
    expect(short?.waitMs).toBe(510 + (short?.reason.paceMs ?? 0))
    expect(long?.waitMs).toBe(510 + (long?.reason.paceMs ?? 0))
    expect(long?.waitMs).toBeGreaterThan(510)
  })

  test('a noisy partial does not flip the action', () => {
    const waits = { ...silent, lastAction: 'continue_listening' } as const
    const speaks = { ...silent, lastAction: 'start_speaking' } as const
    expect(judge(policy, { ...waits, completion: 0.53 })).toMatchObject({
      action: 'continue_listening',
      reason: { rule: 'kept' },
    })
    expect(judge(policy, { ...speaks, completion: 0.47 })).toMatchObject({
      action: 'start_speaking',
      reason: { rule: 'kept' },
    })
    expect(judge(policy, { ...waits, completion: 0.56 }).action).toBe('start_speaking')
    expect(judge(policy, { ...speaks, completion: 0.44 }).action).toBe('continue_listening')
  })

  test('half an answer is waited for', () => {
    const half = { ...silent, text: 'oh seven seven', expect: 'phone' } as const
    const { action, waitMs, reason } = judge(policy, half)
    expect(action).toBe('continue_listening')
    expect(waitMs).toBeGreaterThan(judge(policy, silent).waitMs)
    expect(reason).toMatchObject({ rule: 'half_answer', probability: policy.halfAnswerAtMost })
    expect(judge(policy, { ...half, text: "I don't have one" })).toEqual(judge(policy, silent))
  })

  test('silence runs out', () => {
    const judgement = judge(policy, silent)
    expect(judgeSilence(judgement, 460, false)).toMatchObject({
      action: 'continue_listening',
      waitMs: 50,
      reason: { rule: 'waiting' },
    })
    expect(judgeSilence(judgement, 510, false)).toMatchObject({
      action: 'start_speaking',
      waitMs: 0,
      reason: { rule: 'silence' },
    })
  })

  test('an interruption that was none lets the agent go on', () => {
    for (const was of [{ interruption: 0.2 }, { text: '...' }]) {
      const judgement = judge(policy, { ...silent, ...was, wasStopped: true })
      expect(judgement).toMatchObject({ action: 'continue_listening', waitMs: policy.resumeAfterMs })
      const later = judgeSilence(judgement, policy.resumeAfterMs, false)
      expect(later).toMatchObject({ action: 'start_speaking', reason: { rule: 'false_interruption' } })
    }
    expect(judge(policy, { ...silent, wasStopped: true }).reason.rule).toBe('threshold')
  })
})

describe('while the agent speaks', () => {
  test('a probable interruption of some words stops it', () => {
    expect(judge(policy, { ...speaking, interruption: 0.6 })).toMatchObject({ action: 'start_listening', waitMs: 510 })
    expect(judge(policy, { ...speaking, interruption: 0.4 })).toMatchObject({ action: 'continue_speaking', waitMs: 0 })
  })

  test('who interrupts is waited for by the same pace', () => {
    const { waitMs, reason } = judge(policy, { ...speaking, pace: { ...TYPICAL, turnMs: 9000 } })
    expect(reason.paceMs).toBeGreaterThan(0)
    expect(waitMs).toBe(510 + reason.paceMs)
  })

  test('a single word has to be a confident one', () => {
    const word = { ...speaking, text: 'wait', interruption: 0.6 }
    expect(judge(policy, word)).toMatchObject({ action: 'continue_speaking', reason: { rule: 'few_words' } })
    expect(judge(policy, { ...word, interruption: 0.8 }).action).toBe('start_listening')
    expect(judge(policy, { ...word, lastAction: 'start_listening' }).action).toBe('start_listening')
  })

  test('words that it answers already do not stop it, however clear they are', () => {
    const repeated = { ...speaking, isRepeated: true, lastAction: 'start_listening' } as const
    expect(judge(policy, repeated)).toMatchObject({
      action: 'continue_speaking',
      waitMs: 0,
      reason: { rule: 'few_words', probability: 0.9 },
    })
  })

  test('silence changes nothing', () => {
    const judgement = judge(policy, speaking)
    expect(judgeSilence(judgement, 9000, true)).toBe(judgement)
  })
})
