import { FAKE_MANIFEST } from '@turnwise/core/testing'
import { expect, test } from 'vitest'
import type { Script, Step } from '../script/step.js'
import { createPerformance } from '../stage/performance.js'
import { createFakeDetector, plainRule } from '../test/fakeDetector.js'
import { playAll } from '../test/playAll.js'
import { testCase } from './testCase.js'

test('a test case can be played again and decides the same', async () => {
  const detector = createFakeDetector(plainRule)
  const beats = await playAll(detector, [{ speaker: 'user', phrases: ['about my bill'] }], ['balanced', 'eager'])
  const script: Script = { steps: beats.map(({ step }) => step), policy: 'balanced', rival: 'eager' }
  const written = JSON.parse(testCase(script, beats, FAKE_MANIFEST))
  expect(written).toMatchObject({ formatVersion: 1, model: { name: 'fake' }, policy: 'balanced', rival: 'eager' })

  const performance = createPerformance(detector, ['balanced', 'eager'])
  const again = []
  for (const step of written.steps as Step[]) again.push(await performance.play(step))
  await performance.close()
  const actions = again.flatMap(({ verdicts }) => verdicts.map(({ decision }) => decision.action))
  expect(written.decisions.map(({ action }: { action: string }) => action)).toEqual(actions)
  expect(written.decisions.at(-1)).toMatchObject({
    step: 2,
    policy: 'eager',
    messages: [{ role: 'user', content: 'about my bill' }],
    action: 'start_speaking',
    reason: { rule: 'threshold' },
  })
})
