import { TurnwiseError } from '@turnwise/core'
import picocolors from 'picocolors'
import { expect, test } from 'vitest'
import { createApp } from './app.js'
import { reportError } from './reportError.js'
import { OutputClosedError } from './terminal.js'
import { createFakeTerminal } from './test/fakeTerminal.js'

function report(error: unknown, environment = {}) {
  const terminal = createFakeTerminal({ environment })
  const exitCode = reportError(error, { ...createApp([], terminal), errorColors: picocolors.createColors(false) })
  return { exitCode, complained: terminal.complained() }
}

test('a code, what is wrong and what to do, without a stack', () => {
  expect(report(new TurnwiseError('NO_MESSAGES', 'There are no messages.'))).toEqual({
    exitCode: 1,
    complained:
      "error NO_MESSAGES: There are no messages. Pass at least one message; the last one must be the user's.\n",
  })
})

test('the message of an error that nobody expected may quote what was said', () => {
  const { exitCode, complained } = report(new TypeError('cannot read secret'))
  expect(exitCode).toBe(1)
  expect(complained).toMatch(/^error UNEXPECTED: TypeError\. .*TURNWISE_DEBUG=1/)
  expect(complained).not.toContain('secret')
  expect(report('secret').complained).not.toContain('secret')
})

test('TURNWISE_DEBUG shows the stack and the causes', () => {
  const error = new TurnwiseError('MODEL_FAILED', 'It failed.', { cause: new Error('beneath') })
  const { complained } = report(error, { TURNWISE_DEBUG: '1' })
  expect(complained).toContain('reportError.test.ts')
  expect(complained).toContain('caused by Error: beneath')
})

test('a reader that has gone away is no failure', () => {
  expect(report(new OutputClosedError('closed'))).toEqual({ exitCode: 0, complained: '' })
})
