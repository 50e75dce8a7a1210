import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { writtenVoice } from '../browser/voice.js'
import { createFakeDetector, plainRule } from '../test/fakeDetector.js'
import { createLive } from './live.js'
import { createStage } from './stage.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function setUp() {
  const stage = createStage({ detector: createFakeDetector(plainRule), policy: 'balanced' })
  const live = createLive(stage, { voice: () => writtenVoice, onTakeOver: stage.rest })
  const words = () => stage.cells.value.flatMap((cell) => (cell.kind === 'pause' ? [] : cell.word))
  const action = () => stage.focus.value?.verdicts[0]?.decision.action
  return { stage, live, words, action }
}

test('a word is heard at its end: a space, a moment without a key, or Enter', async () => {
  const { live, words } = setUp()
  live.write('my b')
  await vi.advanceTimersByTimeAsync(100)
  expect(words()).toEqual(['my'])
  await vi.advanceTimersByTimeAsync(500)
  expect(words()).toEqual(['my', 'b'])
  live.write('my bi')
  live.write('my bill', true)
  await vi.advanceTimersByTimeAsync(10)
  expect(words()).toEqual(['my', 'bill'])
  expect(live.draft.value).toBe('')
})

test('the agent answers when its turn has come, and not before', async () => {
  const { stage, live, words } = setUp()
  live.agentLine.value = 'Sure thing'
  live.write('my bill ')
  await vi.advanceTimersByTimeAsync(20)
  const waitMs = stage.focus.value?.verdicts[0]?.decision.waitMs ?? 0
  await vi.advanceTimersByTimeAsync(waitMs - 50)
  expect(live.isAgentSpeaking.value).toBe(false)
  await vi.advanceTimersByTimeAsync(2000)
  expect(words()).toEqual(['my', 'bill', 'Sure', 'thing'])
  expect(live.isAgentSpeaking.value).toBe(false)
  const pause = stage.cells.value.find((cell) => cell.kind === 'pause')
  expect(pause?.durationMs).toBeGreaterThanOrEqual(waitMs)
  const times = stage.beats.value.map(({ step }) => step.atMs)
  expect(times).toEqual(times.toSorted((left, right) => left - right))
  expect(times.at(-1)).toBeGreaterThan(waitMs)
})

test('an agent that is not to answer by itself does not', async () => {
  const { stage, live, words } = setUp()
  live.answersItself.value = false
  live.write('my bill ')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(words()).toEqual(['my', 'bill'])
  expect(stage.silence.value?.isOver).toBe(true)
})

test('a backchannel lets the agent speak on, an interruption stops it', async () => {
  const { stage, live, words, action } = setUp()
  live.startAgent('one two three four five six seven eight')
  await vi.advanceTimersByTimeAsync(600)
  live.write('uh huh', true)
  await vi.advanceTimersByTimeAsync(300)
  expect(action()).toBe('continue_speaking')
  expect(live.isAgentSpeaking.value).toBe(true)
  live.write('wait ')
  await vi.advanceTimersByTimeAsync(20)
  expect(action()).toBe('start_listening')
  expect(live.isAgentSpeaking.value).toBe(false)
  const said = words().length
  const waitMs = stage.focus.value?.verdicts[0]?.decision.waitMs ?? 0
  await vi.advanceTimersByTimeAsync(waitMs - 50)
  expect(words()).toHaveLength(said)
})

test('who goes on speaking is not answered', async () => {
  const { live } = setUp()
  live.write('my bill ')
  for (let typed = 0; typed < 40; typed += 1) {
    await vi.advanceTimersByTimeAsync(100)
    live.write(`my bill ${'x'.repeat(typed)}`)
  }
  expect(live.isAgentSpeaking.value).toBe(false)
})

test('whoever speaks takes over from what was played, in an utterance of their own', async () => {
  const { stage, live, words } = setUp()
  await stage.play({ kind: 'user', word: 'hello', pauseMs: 0, atMs: 300 })
  live.write('my bu ')
  live.write('my bill ')
  await vi.advanceTimersByTimeAsync(10)
  expect(words()).toEqual(['hello', 'my', 'bill'])
  live.leave()
  await stage.play({ kind: 'agent', word: 'Your', pauseMs: 0, atMs: 3000 })
  live.write('wait ')
  await vi.advanceTimersByTimeAsync(10)
  expect(stage.beats.value.at(-1)?.agentSpeaking).toBe(false)
})

test('after words that were no interruption the agent goes on where it was stopped', async () => {
  const { live, words } = setUp()
  live.agentLine.value = ''
  live.startAgent('one two three four')
  await vi.advanceTimersByTimeAsync(600)
  live.write('wait ')
  await vi.advanceTimersByTimeAsync(20)
  expect(live.isAgentSpeaking.value).toBe(false)
  live.write('uh ')
  await vi.advanceTimersByTimeAsync(5000)
  expect(words()).toEqual(['one', 'two', 'uh', 'three', 'four'])
})
