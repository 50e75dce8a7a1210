import { describe, expect, test } from 'vitest'
import { createDetector } from './detector.js'
import type { Message } from './messages.js'
import { spokenMs } from './pace.js'
import { createFakeModel, type FakeModelOptions } from './testing/fakeModel.js'
import { createFakeTokenizer, FAKE_MANIFEST } from './testing/fakeTokenizer.js'

function setUp(options: FakeModelOptions = {}) {
  const model = createFakeModel(options)
  const detector = createDetector(model, createFakeTokenizer(), FAKE_MANIFEST)
  return { model, detector, fresh: createDetector(createFakeModel(options), createFakeTokenizer(), FAKE_MANIFEST) }
}

const question: Message = { role: 'assistant', content: 'Which day?' }
const startSpeaking = () => [1, 0, 0, 0]
const continueSpeaking = () => [0, 0, 0, 1]
const startListening = () => [0, 0, 1, 0]

describe('what the model sees', () => {
  test('the user speaks, the agent answers, the user speaks', async () => {
    const session = setUp({ logits: startSpeaking }).detector.openSession({ messages: [question] })
    await session.hear('Tues')
    await session.hear('Tuesday')
    expect(session.messages).toEqual([question, { role: 'user', content: 'Tuesday' }])
    session.agentSpeaking('At')
    session.agentSpeaking('At what')
    expect(session.isAgentSpeaking).toBe(true)
    session.agentFinished('At what time?')
    expect(session.isAgentSpeaking).toBe(false)
    await session.hear('ten')
    expect(session.messages).toEqual([
      question,
      { role: 'user', content: 'Tuesday' },
      { role: 'assistant', content: 'At what time?' },
      { role: 'user', content: 'ten' },
    ])
  })

  test('a backchannel leaves no trace', async () => {
    const session = setUp({ logits: continueSpeaking }).detector.openSession()
    session.agentSpeaking('Your balance')
    expect((await session.hear('uh huh')).action).toBe('continue_speaking')
    session.agentSpeaking('Your balance is forty two')
    session.agentFinished()
    session.agentSpeaking('Anything else?')
    expect(session.messages).toEqual([
      { role: 'assistant', content: 'Your balance is forty two' },
      { role: 'assistant', content: 'Anything else?' },
    ])
  })

  test('an interruption stays', async () => {
    const session = setUp({ logits: startListening }).detector.openSession()
    session.agentSpeaking('Your balance is')
    expect((await session.hear('wait')).action).toBe('start_listening')
    session.agentFinished('Your balance')
    session.agentSpeaking('Yes?')
    expect(session.messages).toEqual([
      { role: 'assistant', content: 'Your balance' },
      { role: 'user', content: 'wait' },
      { role: 'assistant', content: 'Yes?' },
    ])
  })

  test('finishing twice, or without having spoken, adds nothing', () => {
    const session = setUp().detector.openSession()
    session.agentFinished()
    session.agentSpeaking('Hello')
    session.agentFinished()
    session.agentFinished()
    expect(session.messages).toEqual([{ role: 'assistant', content: 'Hello' }])
    session.agentFinished('Played from a file')
    expect(session.messages).toHaveLength(2)
  })

  test('what the agent has said at once comes after what the user has said', async () => {
    const session = setUp().detector.openSession()
    await session.hear('Hello')
    session.agentFinished('Which day?')
    await session.hear('Monday')
    expect(session.messages).toEqual([
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Which day?' },
      { role: 'user', content: 'Monday' },
    ])
  })

  test('the messages given are copied', () => {
    const messages = [{ ...question }]
    const session = setUp().detector.openSession({ messages })
    messages.push({ role: 'user', content: 'later' })
    expect(session.messages).toEqual([question])
  })
})

test('chooses within the pair that fits', async () => {
  const session = setUp({ logits: () => [1, 2, 3, 4] }).detector.openSession()
  expect((await session.hear('hello')).action).toBe('continue_listening')
  session.agentSpeaking('Hi')
  expect((await session.hear('hello')).action).toBe('continue_speaking')
})

test('runs only what is new', async () => {
  const { detector } = setUp()
  const session = detector.openSession({ messages: [question] })
  const first = await session.hear('Tues')
  // The fake has one token a character; the trigger has three.
  expect((await session.hear('Tuesday')).tokensRun).toBe('day'.length + 3)
  expect((await session.hear('Tuesdax')).tokensRun).toBe('x'.length + 3)
  expect((await session.hear('Tuesdax')).tokensRun).toBe(0)
  expect((await session.hear('Tues')).tokensRun).toBe(3)
  expect(first.tokensRun).toBeGreaterThan('Which day?'.length)
})

test('of long settled words no more is kept than counts, and nothing is answered otherwise', async () => {
  const { detector, fresh } = setUp()
  const session = detector.openSession()
  const settled = 'I was charged twice '.repeat(40_000).trim()
  await session.hear(settled, { final: true, atMs: 1000 })
  const { startedAtMs } = session.toJSON().turn ?? {}
  const decision = await session.hear('and', { atMs: 1300 })
  const expected = await fresh.predict([{ role: 'user', content: `${settled} and` }])
  expect(decision.probabilities).toEqual(expected.probabilities)
  const { content = '' } = session.messages[0] ?? {}
  expect(content.length).toBeLessThan(20_000)
  expect(content).toMatch(/^(I|was|charged|twice) .* twice and$/)
  expect(startedAtMs).toBe(1000 - spokenMs(settled))
})

test('of overlapping calls the newest runs, and the others share its decision', async () => {
  const { detector, fresh, model } = setUp()
  const session = detector.openSession()
  const partials = ['I', 'I was', 'I was charged', 'I saw']
  const decisions = await Promise.all(partials.map((partial) => session.hear(partial)))
  const expected = await fresh.predict([{ role: 'user', content: 'I saw' }])
  expect(decisions[3]?.probabilities).toEqual(expected.probabilities)
  for (const decision of decisions) expect(decision).toBe(decisions[3])
  expect(model.batchSizes).toEqual([1])
})

test('an aborted or failed call does not harm the next', async () => {
  const { detector } = setUp()
  const session = detector.openSession()
  await expect(session.hear('one', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' })
  await expect(session.hear(1 as never)).rejects.toMatchObject({ code: 'INVALID_CONTENT' })
  expect((await session.hear('two')).tokensRun).toBeGreaterThan(0)
})

test('close answers what was asked, frees what was kept and ends the session', async () => {
  const { detector, model } = setUp()
  const session = detector.openSession()
  const decision = session.hear('hello')
  await Promise.all([session.close(), session.close()])
  expect((await decision).tokensRun).toBeGreaterThan(0)
  expect(model.openStates).toBe(0)
  await expect(session.hear('hello')).rejects.toMatchObject({ code: 'SESSION_CLOSED' })
  expect(() => session.agentSpeaking('hi')).toThrow(expect.objectContaining({ code: 'SESSION_CLOSED' }))
  expect(() => session.agentFinished()).toThrow(expect.objectContaining({ code: 'SESSION_CLOSED' }))
})

test('refuses a history that is wrong', () => {
  const { detector } = setUp()
  const messages = [{ role: 'bot', content: '' }] as unknown as Message[]
  expect(() => detector.openSession({ messages })).toThrow(expect.objectContaining({ code: 'UNKNOWN_ROLE' }))
})
