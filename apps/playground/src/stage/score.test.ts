import { expect, test } from 'vitest'
import type { Step } from '../script/step.js'
import { createFakeDetector, plainRule } from '../test/fakeDetector.js'
import { playAll } from '../test/playAll.js'
import { createPerformance } from './performance.js'
import { lastUserCell, toScore } from './score.js'

const detector = createFakeDetector(plainRule)

test('words, the pause between them, the wait chosen and the action that changes', async () => {
  const beats = await playAll(detector, [
    { speaker: 'user', phrases: ['about', 'my bill'], pauseMs: 900 },
    { speaker: 'agent', text: 'Sure thing' },
  ])
  const cells = toScore(beats)
  expect(cells.map((cell) => (cell.kind === 'pause' ? cell.durationMs : cell.word)).slice(0, 4)).toEqual([
    'about',
    900,
    'my',
    'bill',
  ])
  expect(cells.flatMap((cell) => (cell.kind === 'user' ? [cell.changes[0]] : []))).toEqual([true, false, true])
  const [thinking, before] = cells.filter((cell) => cell.kind === 'pause')
  expect(thinking?.waitsMs[0]).toBeGreaterThan(900)
  expect(before?.durationMs).toBe(before?.waitsMs[0])
  expect(lastUserCell(cells)?.word).toBe('bill')
})

test('the agent’s ribbon goes from its first word to where it falls silent', async () => {
  const turns = [{ speaker: 'agent', text: 'one two three', overlaps: [{ afterWords: 2, text: 'wait no' }] }] as const
  const stopped = toScore(await playAll(detector, turns)).filter((cell) => cell.kind !== 'pause')
  expect(stopped.map(({ word, agentSpeaking, ends }) => [word, agentSpeaking, ends])).toEqual([
    ['one', true, undefined],
    ['two', true, undefined],
    ['wait', true, 'stopped'],
    ['no', false, undefined],
  ])
  const finished = toScore(await playAll(detector, [{ speaker: 'agent', text: 'one two' }]))
  expect(finished.at(-1)).toMatchObject({ word: 'two', ends: 'finished' })
})

test('words that were taken back are gone', async () => {
  const performance = createPerformance([{ detector, policy: 'balanced' }])
  const steps: Step[] = [
    { kind: 'user', word: 'my', pauseMs: 0, atMs: 0 },
    { kind: 'user', word: 'build', pauseMs: 0, atMs: 300 },
    { kind: 'user', word: 'bill', keep: 1, pauseMs: 0, atMs: 600 },
  ]
  const beats = []
  for (const step of steps) beats.push(await performance.play(step))
  expect(toScore(beats)).toMatchObject([
    { word: 'my', revised: false },
    { word: 'bill', revised: true },
  ])
  beats.push(await performance.play({ kind: 'user', word: '', keep: 1, pauseMs: 0, atMs: 900 }))
  expect(toScore(beats)).toMatchObject([{ word: 'my' }])
  await performance.close()
})
