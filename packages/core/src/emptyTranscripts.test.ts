import { expect, test } from 'vitest'
import { createDetector } from './detector.js'
import { createFakeModel } from './testing/fakeModel.js'
import { createFakeTokenizer, FAKE_MANIFEST } from './testing/fakeTokenizer.js'

/** A model that takes every turn for over, and whatever is said over the agent for an interruption. */
const detector = createDetector(createFakeModel({ logits: () => [3, 0, 3, 0] }), createFakeTokenizer(), FAKE_MANIFEST)

test.each(['', ' \n'])('%j is no turn, and leaves no trace', async (text) => {
  const session = detector.openSession()
  session.agentFinished('Hello')
  await session.hear(text, { atMs: 0 })
  expect(await session.userSilent(5000)).toBeUndefined()
  session.agentSpeaking('Are you there?')
  expect(session.messages.map(({ role }) => role)).toEqual(['assistant', 'assistant'])
})

test('what is no word but stands in the prompt is a turn', async () => {
  const session = detector.openSession()
  await session.hear('!?', { atMs: 0 })
  expect((await session.userSilent(5000))?.action).toBe('start_speaking')
  session.agentSpeaking('Yes?')
  expect(session.messages[0]).toEqual({ role: 'user', content: '!?' })
})

test('an interruption that is taken back altogether is recovered from, and leaves no trace', async () => {
  const session = detector.openSession()
  session.agentSpeaking('Your balance is')
  expect((await session.hear('no wait', { atMs: 0 })).action).toBe('start_listening')
  session.agentFinished()
  await session.hear('', { atMs: 100 })
  const rule = 'false_interruption'
  expect(await session.userSilent(5000)).toMatchObject({ action: 'start_speaking', reason: { rule } })
  session.agentSpeaking('It is forty two')
  expect(session.messages.map(({ role }) => role)).toEqual(['assistant', 'assistant'])
})
