import { expect, test } from 'vitest'
import type { Step } from '../script/step.js'
import { createFakeDetector, plainRule } from '../test/fakeDetector.js'
import { createPerformance } from './performance.js'

const detector = createFakeDetector(plainRule)

type Brief = readonly [Step['kind'], string?, number?]

/** Plays steps half a second apart and returns the user's words as the model saw them at the end. */
async function play(...briefs: Brief[]) {
  const performance = createPerformance([
    { detector, policy: 'balanced' },
    { detector, policy: 'eager' },
  ])
  const beats = []
  for (const [index, [kind, word = '', keep]] of briefs.entries()) {
    beats.push(await performance.play({ kind, word, keep, pauseMs: 500, atMs: index * 500 } as Step))
  }
  await performance.close()
  const spoken = beats.at(-1)?.messages.map(({ role, content }) => `${role}: ${content}`)
  return { beats, spoken, actions: beats.flatMap(({ verdicts }) => verdicts[0]?.decision.action ?? []) }
}

test('words grow, utterances of a turn are one message', async () => {
  const { spoken, actions } = await play(['user', 'my'], ['settle'], ['user', 'bill'])
  expect(spoken).toEqual(['user: my bill'])
  expect(actions).toEqual(['continue_listening', 'start_speaking'])
})

test('words are taken back', async () => {
  const { spoken } = await play(['user', 'my'], ['user', 'build'], ['user', 'bill', 1])
  expect(spoken).toEqual(['user: my bill'])
  expect((await play(['user', 'my'], ['user', 'build'], ['user', '', 1])).spoken).toEqual(['user: my'])
})

test('a backchannel leaves no trace, an interruption does', async () => {
  const over: Brief[] = [['agent', 'Your'], ['user', 'uh'], ['settle'], ['agent', 'balance']]
  expect((await play(...over, ['agentDone'])).spoken).toEqual(['assistant: Your balance'])
  const { spoken } = await play(...over, ['user', 'wait'], ['agentDone'], ['user', 'no'])
  expect(spoken).toEqual(['assistant: Your balance', 'user: wait no'])
})

test('the user’s turn ends where the agent begins', async () => {
  const { spoken } = await play(['user', 'hello'], ['agent', 'Hi'], ['agentDone'], ['user', 'bill'])
  expect(spoken).toEqual(['user: hello', 'assistant: Hi', 'user: bill'])
})

test('every judge has the same words, in order, even at once', async () => {
  const performance = createPerformance([
    { detector, policy: 'patient' },
    { detector, policy: 'eager' },
  ])
  const steps = ['a', 'b', 'bill'].map((word, index) => ({ kind: 'user', word, pauseMs: 0, atMs: index }) as const)
  const beats = await Promise.all(steps.map((step) => performance.play(step)))
  await performance.close()
  expect(beats.map(({ messages }) => messages[0]?.content)).toEqual(['a', 'a b', 'a b bill'])
  const [patient, eager] = beats[2]?.verdicts ?? []
  expect([patient?.judge.policy, eager?.judge.policy]).toEqual(['patient', 'eager'])
  expect(patient?.decision.probabilities).toEqual(eager?.decision.probabilities)
  expect(patient?.decision.waitMs).toBeGreaterThan(eager?.decision.waitMs ?? 0)
})

test('two models judge the same words, each by itself; the first leads', async () => {
  const calm = createFakeDetector(() => 'continue_speaking')
  const performance = createPerformance([
    { detector: calm, policy: 'balanced' },
    { detector, policy: 'balanced' },
  ])
  await performance.play({ kind: 'agent', word: 'Your', pauseMs: 0, atMs: 0 })
  const { verdicts } = await performance.play({ kind: 'user', word: 'wait', pauseMs: 0, atMs: 300 })
  expect(verdicts.map(({ decision }) => decision.action)).toEqual(['continue_speaking', 'start_listening'])
  await performance.play({ kind: 'settle', pauseMs: 0, atMs: 300 })
  const { messages } = await performance.play({ kind: 'agentDone', pauseMs: 0, atMs: 600 })
  await performance.close()
  expect(messages).toEqual([{ role: 'assistant', content: 'Your' }])
})
