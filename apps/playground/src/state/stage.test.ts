import { expect, test } from 'vitest'
import type { Step } from '../script/step.js'
import { createFakeDetector, plainRule } from '../test/fakeDetector.js'
import { createStage } from './stage.js'

function say(text: string): Step[] {
  return text.split(' ').map((word, index) => ({ kind: 'user', word, pauseMs: 0, atMs: index }))
}

function setUp() {
  const stage = createStage({ detector: createFakeDetector(plainRule), policy: 'balanced' })
  const words = () => stage.cells.value.flatMap((cell) => (cell.kind === 'pause' ? [] : cell.word))
  return { stage, words }
}

test('a conversation is opened for other judges', async () => {
  const { stage, words } = setUp()
  const [judge] = stage.judges.value
  await stage.open(say('about my bill'), judge && [judge, { ...judge, policy: 'eager' }])
  expect(words()).toEqual(['about', 'my', 'bill'])
  expect(stage.focus.value?.verdicts.map(({ judge }) => judge.policy)).toEqual(['balanced', 'eager'])
})

test('a conversation that is left while it is being opened is left at once', async () => {
  const { stage, words } = setUp()
  const left = stage.open(say('one two three four'))
  await stage.open(say('about my bill'))
  await left
  expect(words()).toEqual(['about', 'my', 'bill'])
})

test('a conversation that is judged anew while it is being opened keeps its words', async () => {
  const { stage, words } = setUp()
  const first = stage.open(say('one two three four'))
  await stage.open(stage.steps())
  await first
  expect(words()).toEqual(['one', 'two', 'three', 'four'])
  expect(stage.steps()).toHaveLength(4)
})

test('who speaks while a conversation is being opened goes on from there', async () => {
  const { stage, words } = setUp()
  const opening = stage.open(say('one two three four'))
  await stage.play({ kind: 'user', word: 'about', pauseMs: 0, atMs: 9 })
  stage.rest()
  await opening
  await stage.play({ kind: 'user', word: 'bill', pauseMs: 0, atMs: 20 })
  expect(words()).not.toContain('four')
  expect(words().at(-1)).toBe('bill')
})
