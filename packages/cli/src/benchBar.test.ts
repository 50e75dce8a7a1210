import { expect, test } from 'vitest'
import { createBenchBar } from './benchBar.js'
import { createFakeTerminal } from './test/fakeTerminal.js'

test('says what is left only where it is known', () => {
  const { errors, complained } = createFakeTerminal({ isTTY: true })
  const noMove = () => undefined
  const stream = Object.assign(errors, { cursorTo: noMove, clearLine: noMove, moveCursor: noMove })
  const bar = createBenchBar(stream)
  bar.update('a task', 0, 2)
  bar.update('a task', 0, 2)
  bar.update('another', 1, 1)
  bar.stop()
  expect(complained()).toContain('0 of 2  a task')
  expect(complained()).toContain('1 of 1  another')
  expect(complained()).not.toContain('left')
})
