import { expect, test } from 'vitest'
import { createDetector } from './detector.js'
import type { Message } from './messages.js'
import type { Session } from './session.js'
import { createFakeModel } from './testing/fakeModel.js'
import { createFakeTokenizer, FAKE_MANIFEST } from './testing/fakeTokenizer.js'

const SAID = 'I was charged twice'
const FINAL = 'I was charged twice.'

/** A model that takes every turn for over, and whatever is said over the agent for an interruption. */
const detector = createDetector(createFakeModel({ logits: () => [3, 0, 3, 0] }), createFakeTokenizer(), FAKE_MANIFEST)

/** The agent answers words that the recogniser has not settled yet. */
async function answerEarly(): Promise<Session> {
  const session = detector.openSession()
  await session.hear(SAID)
  session.agentSpeaking('I am sorry')
  return session
}

function said(session: Session): string[] {
  return session.messages.map(({ role, content }: Message) => `${role}: ${content}`)
}

test('a final transcript that comes late does not stop the agent, and takes the place of the words', async () => {
  const session = await answerEarly()
  for (const [text, final] of [
    [SAID, false],
    ['i was charged twice', false],
    [FINAL, true],
  ] as const) {
    const { action, waitMs, reason, probabilities } = await session.hear(text, { final })
    expect({ action, waitMs, rule: reason.rule }).toEqual({ action: 'continue_speaking', waitMs: 0, rule: 'few_words' })
    expect(probabilities).toEqual((await detector.predict([{ role: 'user', content: text }])).probabilities)
  }
  expect(said(session)).toEqual([`user: ${FINAL}`, 'assistant: I am sorry'])
  expect(await session.userSilent()).toBeUndefined()
})

test('what was final already is not awaited: the same words again are the user anew', async () => {
  const session = await answerEarly()
  await session.hear(FINAL, { final: true })
  expect((await session.hear(SAID)).action).toBe('start_listening')
  expect(said(session)).toEqual([`user: ${FINAL}`, 'assistant: I am sorry', `user: ${SAID}`])
})

test('seconds later the same words are said again', async () => {
  for (const [afterMs, action] of [
    [3000, 'continue_speaking'],
    [3001, 'start_listening'],
  ] as const) {
    const session = detector.openSession()
    await session.hear('stop it please', { atMs: 1000 })
    session.agentSpeaking('I am sorry')
    expect((await session.hear('stop it please', { atMs: 1000 + afterMs })).action).toBe(action)
  }
})

test('only what comes after the settled segments is awaited', async () => {
  const session = detector.openSession()
  await session.hear('I was', { final: true })
  await session.hear('charged twice')
  session.agentSpeaking('I am sorry')
  expect((await session.hear('charged twice.', { final: true })).action).toBe('continue_speaking')
  expect(said(session)).toEqual([`user: ${FINAL}`, 'assistant: I am sorry'])
})

test.each<[string, (session: Session) => unknown]>([
  ['the user says something else', (session) => session.hear('no wait')],
  ['the agent is done', (session) => session.agentFinished()],
  ['the user presses keys', (session) => session.addMessage({ role: 'user', content: '2' })],
])('nothing is awaited any more once %s', async (_, happen) => {
  const session = await answerEarly()
  await happen(session)
  session.agentSpeaking('I am sorry about')
  expect((await session.hear(FINAL, { final: true })).action).toBe('start_listening')
  expect(said(session)[0]).toBe(`user: ${SAID}`)
  expect(said(session).at(-1)).toBe(`user: ${FINAL}`)
})

test("a tool's result before the agent speaks, or an empty transcript, changes nothing", async () => {
  const session = detector.openSession()
  await session.hear(SAID)
  session.addMessage({ role: 'tool', content: 'order 7' })
  session.agentSpeaking('I am sorry')
  await session.hear('')
  expect((await session.hear(FINAL, { final: true })).action).toBe('continue_speaking')
  expect(said(session)).toEqual([`user: ${FINAL}`, 'tool: order 7', 'assistant: I am sorry'])
})

test('an empty transcript before the agent speaks changes nothing either', async () => {
  const session = detector.openSession()
  await session.hear(SAID)
  session.addMessage({ role: 'tool', content: 'order 7' })
  await session.hear('')
  session.agentSpeaking('I am sorry')
  expect((await session.hear(FINAL, { final: true })).action).toBe('continue_speaking')
  expect(said(session)).toEqual([`user: ${FINAL}`, 'tool: order 7', 'assistant: I am sorry'])
})

test('a saved session goes on to await it', async () => {
  const saved = JSON.parse(JSON.stringify(await answerEarly()))
  const session = detector.openSession(saved)
  expect(JSON.parse(JSON.stringify(session))).toEqual(saved)
  expect((await session.hear(FINAL, { final: true })).action).toBe('continue_speaking')
  expect(said(session)).toEqual([`user: ${FINAL}`, 'assistant: I am sorry'])
})
