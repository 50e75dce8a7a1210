import { expect, test } from 'vitest'
import { createFakeDetector, plainRule } from '../test/fakeDetector.js'
import { playAll } from '../test/playAll.js'
import { SCENARIOS } from './scenarios.js'
import { splitWords } from './step.js'

const detector = createFakeDetector(plainRule)

test('the agent waits as long as was decided, the user pauses as the scenario says', async () => {
  const beats = await playAll(detector, [
    { speaker: 'user', phrases: ['I need', 'help with my bill'], pauseMs: 900 },
    { speaker: 'agent', text: 'Sure' },
  ])
  const last = beats.findLast(({ verdicts }) => verdicts.length > 0)?.verdicts[0]?.decision
  const pauses = beats.flatMap(({ step }) => (step.pauseMs > 0 ? [step.pauseMs] : []))
  expect(pauses).toEqual([900, last?.waitMs])
  const times = beats.map(({ step }) => step.atMs)
  expect(times).toEqual(times.toSorted((left, right) => left - right))
})

test('an interrupted agent says no more, and the user goes on', async () => {
  const beats = await playAll(detector, [
    { speaker: 'agent', text: 'one two three', overlaps: [{ afterWords: 2, text: 'wait no' }] },
    { speaker: 'user', phrases: ['hello'] },
  ])
  const played = beats.map(({ step }) => ('word' in step ? step.word : step.kind))
  expect(played).toEqual(['expect', 'one', 'two', 'wait', 'agentDone', 'no', 'settle', 'hello', 'settle'])
})

test('a backchannel is spoken over', async () => {
  const beats = await playAll(detector, [
    { speaker: 'agent', text: 'one two three', overlaps: [{ afterWords: 2, text: 'uh huh' }] },
  ])
  const played = beats.map(({ step }) => ('word' in step ? step.word : step.kind))
  expect(played).toEqual(['expect', 'one', 'two', 'uh', 'huh', 'settle', 'three', 'agentDone'])
})

test('overlaps of the scenarios come before the agent is done', () => {
  for (const { turns } of SCENARIOS) {
    for (const turn of turns) {
      if (turn.speaker === 'user') continue
      for (const { afterWords } of turn.overlaps ?? []) expect(afterWords).toBeLessThan(splitWords(turn.text).length)
    }
  }
})
