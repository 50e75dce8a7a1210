import { ACTIONS } from '@turnwise/core'
import picocolors from 'picocolors'
import { expect, test } from 'vitest'
import { paintAction } from './actionTexts.js'

test('each action has a colour of its own', () => {
  const colors = picocolors.createColors(true)
  expect(new Set(ACTIONS.map((action) => paintAction(action, colors, 'x'))).size).toBe(ACTIONS.length)
})
