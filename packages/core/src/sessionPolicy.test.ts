import { describe, expect, test } from 'vitest'
import { createDetector } from './detector.js'
import type { SessionOptions } from './session.js'
import { caught } from './test/caught.js'
import { createFakeModel } from './testing/fakeModel.js'
import { createFakeTokenizer, FAKE_MANIFEST } from './testing/fakeTokenizer.js'

/** A model that takes "uh huh" for a backchannel, what ends in "done" for a turn that is over, and the rest for open. */
function setUp(options?: SessionOptions) {
  const model = createFakeModel({
    logits: (prompt) => {
      // The trigger is three tokens.
      const text = String.fromCharCode(...prompt.slice(0, -3).map((token) => token - 16))
      return [text.endsWith('done') ? 3 : 0, 1, text.endsWith('uh huh') ? 0 : 3, 1]
    },
  })
  const detector = createDetector(model, createFakeTokenizer(), FAKE_MANIFEST)
  return { detector, model, session: detector.openSession(options) }
}

describe('silence', () => {
  test('the agent speaks once it has lasted long enough, and nothing is run for it', async () => {
    const { session, model } = setUp()
    const { action, waitMs } = await session.hear('I am done', { atMs: 1000 })
    expect(action).toBe('start_speaking')
    const { tokensRun } = model
    expect(await session.userSilent(1100)).toMatchObject({
      action: 'continue_listening',
      waitMs: waitMs - 100,
      tokensRun: 0,
      reason: { rule: 'waiting' },
    })
    expect(await session.userSilent(1000 + waitMs)).toMatchObject({ action: 'start_speaking', waitMs: 0 })
    expect(model.tokensRun).toBe(tokensRun)
  })

  test('repeated words do not begin it anew, new ones do', async () => {
    const { session } = setUp()
    const { waitMs } = await session.hear('I am done', { atMs: 1000 })
    await session.hear('I am done', { atMs: 1400 })
    expect((await session.userSilent(1000 + waitMs))?.waitMs).toBe(0)
    await session.hear('I was done', { atMs: 2000 })
    expect((await session.userSilent(2000))?.waitMs).toBe(waitMs)
  })

  test('there is nothing to decide before the user has spoken', async () => {
    const { session } = setUp()
    expect(await session.userSilent(1000)).toBeUndefined()
    await session.hear('I am done')
    session.agentSpeaking('Right')
    expect(await session.userSilent(1000)).toBeUndefined()
  })

  test('what the agent has really said may change the answer', async () => {
    const { session, model } = setUp()
    session.agentSpeaking('Your balance is forty')
    await session.hear('no I am done', { atMs: 0 })
    session.agentFinished('Your balance')
    const { tokensRun } = model
    const decision = await session.userSilent(5000)
    expect(decision?.tokensRun).toBe(model.tokensRun - tokensRun)
    expect(decision?.tokensRun).toBeGreaterThan(0)
  })
})

test('an interruption that turns out to be none is recovered from, and leaves no trace', async () => {
  const { session } = setUp()
  session.agentSpeaking('Your balance is')
  expect((await session.hear('a half', { atMs: 0 })).action).toBe('start_listening')
  session.agentFinished()
  const revised = await session.hear('uh huh', { atMs: 100 })
  expect(revised).toMatchObject({ action: 'continue_listening', reason: { rule: 'false_interruption' } })
  expect(await session.userSilent(100 + revised.waitMs)).toMatchObject({
    action: 'start_speaking',
    reason: { rule: 'false_interruption' },
  })
  session.agentSpeaking('As I said, it is forty two')
  expect(session.messages.map(({ role }) => role)).toEqual(['assistant', 'assistant'])
})

test('final segments are joined', async () => {
  const { session } = setUp()
  await session.hear('I was charged', { final: true })
  await session.hear('twice', { final: true })
  await session.hear('and I am')
  await session.hear('and I am done')
  expect(session.messages).toEqual([{ role: 'user', content: 'I was charged twice and I am done' }])
  session.agentSpeaking('Sorry')
  session.agentFinished()
  await session.hear('fine')
  expect(session.messages.at(-1)?.content).toBe('fine')
})

test('what is expected is waited for, until something else is', async () => {
  const { session } = setUp({ expect: 'code' })
  const half = await session.hear('b as in done')
  expect(half.action).toBe('start_speaking')
  session.expecting('email')
  expect((await session.hear('anna at done')).reason.rule).toBe('half_answer')
  session.expecting(undefined)
  expect((await session.hear('anna at done')).reason.rule).toBe('threshold')
  expect(caught(() => session.expecting('fax' as never))).toMatchObject({ code: 'INVALID_OPTION' })
})

test('tool messages stand where they belong', async () => {
  const { session } = setUp()
  await session.hear('when is the next train')
  session.addMessage({ role: 'tool', content: '10:42' })
  session.agentSpeaking('At ten forty')
  await session.hear('uh huh')
  session.addMessage({ role: 'tool', content: 'platform 3' })
  expect(session.messages.map(({ role }) => role)).toEqual(['user', 'tool', 'tool', 'assistant', 'user'])
  expect(caught(() => session.addMessage({ role: 'bot' } as never))).toMatchObject({ code: 'UNKNOWN_ROLE' })
})

test('a saved session goes on elsewhere', async () => {
  const { session, detector } = setUp({ messages: [{ role: 'system', content: 'A bank.' }], policy: 'patient' })
  await session.hear('my balance please done', { atMs: 0 })
  session.agentSpeaking('Your balance is')
  await session.hear('no wait', { atMs: 5000, final: true })
  const saved = JSON.parse(JSON.stringify(session))
  const copy = detector.openSession(saved)
  expect(copy.messages).toEqual(session.messages)
  expect(JSON.parse(JSON.stringify(copy))).toEqual(saved)
  for (const each of [session, copy]) {
    each.agentFinished()
    await each.hear('I am done', { atMs: 6000 })
  }
  expect(await copy.userSilent(6100)).toEqual({ ...(await session.userSilent(6100)), tokensRun: 0 })
})

test.each([
  ['another version', { formatVersion: 2 }],
  ['messages that are wrong', { messages: 1 }],
  ['a policy that is wrong', { policy: {} }],
  ['an expectation that is wrong', { expect: 'fax' }],
  ["an agent's text that is wrong", { agentText: 1 }],
  ['no word on what happened', { wasStopped: undefined }],
  ['a turn that is wrong', { turn: { settledText: '', text: 'a', spokeAtMs: null, isBackchannel: false } }],
  [
    'an action that is wrong',
    { turn: { settledText: '', text: 'a', spokeAtMs: 1, isBackchannel: false, lastAction: 'a' } },
  ],
])('a saved session with %s is refused', (_, change) => {
  const { session, detector } = setUp()
  const saved = { ...session.toJSON(), ...change }
  expect(caught(() => detector.openSession(saved as never))).toMatchObject({ code: 'INVALID_SAVED_SESSION' })
})

test('wrong options are refused', async () => {
  const { session, detector } = setUp()
  expect(caught(() => detector.openSession({ policy: 'hasty' as never }))).toMatchObject({ code: 'INVALID_POLICY' })
  expect(caught(() => detector.openSession({ expect: 'fax' as never }))).toMatchObject({ code: 'INVALID_OPTION' })
  await expect(session.hear('hello', { atMs: Number.NaN })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  await expect(session.userSilent('now' as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
})
