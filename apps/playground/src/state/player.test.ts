import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFakeDetector, plainRule } from '../test/fakeDetector.js'
import { createPlayer } from './player.js'
import { createStage } from './stage.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function setUp() {
  const stage = createStage({ detector: createFakeDetector(plainRule), policy: 'balanced' })
  const words = () => stage.cells.value.flatMap((cell) => (cell.kind === 'pause' ? [] : cell.word))
  return { stage, player: createPlayer(stage), words }
}

const turns = [{ speaker: 'user', phrases: ['about', 'my bill'], pauseMs: 900 }] as const

test('words come at the pace of speech, pauses run down', async () => {
  const { stage, player, words } = setUp()
  void player.play(turns)
  await vi.advanceTimersByTimeAsync(400)
  expect(words()).toEqual(['about'])
  await vi.advanceTimersByTimeAsync(500)
  expect(words()).toEqual(['about'])
  expect(stage.silence.value?.isOver).toBe(false)
  await vi.advanceTimersByTimeAsync(1200)
  expect(words()).toEqual(['about', 'my', 'bill'])
  expect(player.isPlaying.value).toBe(false)
})

test('the rest can be had at once', async () => {
  const { player, words } = setUp()
  void player.play(turns)
  await vi.advanceTimersByTimeAsync(10)
  player.hurry()
  await vi.advanceTimersByTimeAsync(10)
  expect(words()).toEqual(['about', 'my', 'bill'])
})

test('it halts where it is, and nobody is left speaking', async () => {
  const { stage, player, words } = setUp()
  void player.play([{ speaker: 'agent', text: 'one two three' }])
  await vi.advanceTimersByTimeAsync(600)
  player.stop()
  await vi.advanceTimersByTimeAsync(2000)
  expect(words()).toEqual(['one', 'two'])
  expect(stage.beats.value.at(-1)?.step.kind).toBe('agentDone')
})

test('another scenario takes its place', async () => {
  const { player, words } = setUp()
  void player.play(turns)
  await vi.advanceTimersByTimeAsync(400)
  void player.play([{ speaker: 'user', phrases: ['hello'] }])
  await vi.advanceTimersByTimeAsync(3000)
  expect(words()).toEqual(['hello'])
})

test('what is stopped before it has begun does not play', async () => {
  const { player, words } = setUp()
  const playing = player.play(turns)
  player.stop()
  await vi.runAllTimersAsync()
  await playing
  expect(player.isPlaying.value).toBe(false)
  expect(words()).toEqual([])
})
