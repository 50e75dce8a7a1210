import { describe, expect, test } from 'vitest'
import { createDetector } from './detector.js'
import { POLICIES } from './policy.js'
import type { SessionOptions } from './session.js'
import { caught } from './test/caught.js'
import { createFakeModel } from './testing/fakeModel.js'
import { createFakeTokenizer, FAKE_MANIFEST } from './testing/fakeTokenizer.js'

const TURN = { settledText: '', text: 'a', startedAtMs: 0, spokeAtMs: 1, isBackchannel: false }

/** A model that takes "uh huh" for a backchannel, what ends in "done" for a turn that is over, and the rest for open. */
function setUp(options?: SessionOptions) {
  const model = createFakeModel({
    logits: (prompt) => {
      // The trigger is three tokens.
      const text = String.fromCharCode(...prompt.slice(0, -3).map((token) => token - 16))
      return [text.endsWith('done') ? 3 : 0, 1, text.endsWith('uh huh') ? -1 : 3, 1]
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
    const revised = await session.hear('I was done', { atMs: 2000 })
    expect((await session.userSilent(2000))?.waitMs).toBe(revised.waitMs)
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

test('a code is waited for until it is as long as the agent has said, unless something else is expected', async () => {
  const model = createFakeModel({ logits: () => [3, 0, 0, 0] })
  const session = createDetector(model, createFakeTokenizer(), FAKE_MANIFEST).openSession()
  const ruleAfter = async (said: string) => (await session.hear(said)).reason.rule
  session.agentFinished('And the last four digits?')
  session.agentFinished('Take your time.')
  expect(await ruleAfter("it's 4 1 7")).toBe('half_answer')
  expect((await session.hear("it's 4 1")).waitMs).toBeGreaterThanOrEqual(1800) // the table's at 0.1
  expect(await ruleAfter("it's 4 1 7 2")).toBe('threshold')
  expect(await ruleAfter('which card')).toBe('threshold')
  session.expecting('yes-no')
  expect(await ruleAfter('4 1')).toBe('threshold')
  session.expecting(undefined)
  expect(await ruleAfter('4 1')).toBe('half_answer')
  session.agentFinished('And the rest?')
  expect(await ruleAfter('7')).toBe('threshold')
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

describe('the pace', () => {
  test('pauses after which the user goes on are counted, and turns that are answered', async () => {
    const { session } = setUp({ messages: [{ role: 'user', content: 'a turn of which no times are known' }] })
    // One word, said from 700 to 1,000 ms.
    await session.hear('I', { atMs: 1000 })
    expect(session.toJSON()).toMatchObject({ held: 0, answered: 0, turn: { startedAtMs: 700 } })
    // 500 ms without a word and 300 ms for the new one, then 350 and 300.
    await session.hear('I was', { atMs: 1800 })
    await session.hear('I was charged', { atMs: 2450 })
    // A revision brings no word, and after 6 s something else has begun.
    await session.hear('I was changed', { atMs: 4000 })
    await session.hear('I was changed er', { atMs: 10_300 })
    expect(session.toJSON()).toMatchObject({ held: 1, answered: 0, turn: { startedAtMs: 700, spokeAtMs: 10_300 } })
    session.agentSpeaking('Sorry')
    session.agentFinished()
    session.agentSpeaking('Really')
    expect(session.toJSON()).toMatchObject({ held: 1, answered: 1 })
  })

  test('what is said over the agent is no pause, and a backchannel no turn', async () => {
    const { session } = setUp()
    session.agentSpeaking('Your balance')
    await session.hear('a', { atMs: 0 })
    await session.hear('uh huh', { atMs: 2000 })
    session.agentFinished()
    session.agentSpeaking('Anything else?')
    expect(session.toJSON()).toMatchObject({ held: 0, answered: 0 })
  })

  test('a turn begins with its first word, and one without words is none', async () => {
    const { session } = setUp()
    await session.hear('...', { atMs: 0 })
    await session.hear('two words', { atMs: 2000 })
    expect(session.toJSON()).toMatchObject({ held: 0, turn: { startedAtMs: 1400 } })
    session.addMessage({ role: 'tool', content: '1' })
    await session.hear('...', { atMs: 3000 })
    session.agentSpeaking('Yes')
    expect(session.toJSON()).toMatchObject({ held: 0, answered: 1 })
  })

  test('a turn in which the user paused is waited for longer, and the next one too', async () => {
    const [fluent, pausing] = [setUp().session, setUp().session]
    for (const [session, pauseMs] of [
      [fluent, 0],
      [pausing, 900],
    ] as const) {
      await session.hear('so', { atMs: 300 })
      await session.hear('so I am done', { atMs: 1200 + pauseMs })
      session.agentSpeaking('Right')
      session.agentFinished()
    }
    const [short, long] = [await fluent.hear('well I', { atMs: 9000 }), await pausing.hear('well I', { atMs: 9000 })]
    expect(long.waitMs).toBeGreaterThan(short.waitMs)
    expect(long.reason.paceMs - short.reason.paceMs).toBe(long.waitMs - short.waitMs)
  })
})

test('a model that tells of yields makes waits shorter or longer, as far as the policy wants', async () => {
  const waitOf = async (yieldLogit: number, yieldWeight: number) => {
    const model = createFakeModel({ logits: () => [1, 0, 0, 0, yieldLogit] })
    const detector = createDetector(model, createFakeTokenizer(), FAKE_MANIFEST)
    const session = detector.openSession({ policy: { ...POLICIES.balanced, yieldWeight } })
    const { waitMs, yielded } = await session.hear('we could', { atMs: 0 })
    expect(yielded).toBeCloseTo(1 / (1 + Math.exp(-yieldLogit)))
    return waitMs
  }
  expect(await waitOf(-2.6, 1)).toBeGreaterThan(await waitOf(-1.6, 1))
  expect(await waitOf(-2.6, 0)).toBe(await waitOf(-1.6, 0))
})

test.each([
  ['another version', { formatVersion: 1 }],
  ['messages that are wrong', { messages: 1 }],
  ['a policy that is wrong', { policy: {} }],
  ['an expectation that is wrong', { expect: 'fax' }],
  ['a length that is wrong', { expect: { kind: 'code', length: 65 } }],
  ["an agent's text that is wrong", { agentText: 1 }],
  ['no word on what happened', { wasStopped: undefined }],
  ['a turn that is wrong', { turn: { ...TURN, spokeAtMs: null } }],
  ['a turn without a beginning', { turn: { ...TURN, startedAtMs: undefined } }],
  ['an action that is wrong', { turn: { ...TURN, lastAction: 'a' } }],
  ['a late turn that is wrong', { lateTurn: { ...TURN, text: 1 } }],
  ['pauses that are not counted', { held: 0.5 }],
  ['answers that are not counted', { answered: -1 }],
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
  await expect(session.hear('hello', { final: 'false' as never })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  await expect(session.userSilent('now' as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
})
