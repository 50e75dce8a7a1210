import { expect, test } from 'vitest'
import type { Step } from '../script/step.js'
import { createPerformance } from '../stage/performance.js'
import { createFakeDetector, plainRule } from '../test/fakeDetector.js'
import { playAll } from '../test/playAll.js'
import { testCase } from './testCase.js'

test('a test case can be played again and decides the same', async () => {
  const detector = createFakeDetector(plainRule)
  const judges = (['balanced', 'eager'] as const).map((policy) => ({ detector, policy }))
  const beats = await playAll(detector, [{ speaker: 'user', phrases: ['about my bill'] }], ['balanced', 'eager'])
  const written = JSON.parse(testCase(beats, judges))
  expect(written).toMatchObject({
    formatVersion: 2,
    judges: [
      { model: { name: 'fake' }, policy: 'balanced' },
      { model: { name: 'fake' }, policy: 'eager' },
    ],
  })

  const performance = createPerformance(judges)
  const again = []
  for (const step of written.steps as Step[]) again.push(await performance.play(step))
  await performance.close()
  const actions = again.flatMap(({ verdicts }) => verdicts.map(({ decision }) => decision.action))
  expect(written.decisions.map(({ action }: { action: string }) => action)).toEqual(actions)
  expect(written.decisions.at(-1)).toMatchObject({
    step: 2,
    judge: 1,
    messages: [{ role: 'user', content: 'about my bill' }],
    action: 'start_speaking',
    reason: { rule: 'threshold' },
  })
})
