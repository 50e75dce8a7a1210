import { expect, test } from 'vitest'
import { isCommand, LIVE_COMMANDS, parseCommand, renderCommands } from './parseCommand.js'

test.each([
  ['/agent  Your balance is\tfine ', { name: 'agent', text: 'Your balance is\tfine' }],
  ['/a hello', { name: 'agent', text: 'hello' }],
  ['/DONE', { name: 'done', text: '' }],
  ['/', { name: 'unknown', text: '/' }],
  ['/agents hello', { name: 'unknown', text: '/agents' }],
])('%s', (line, expected) => {
  expect(isCommand(line)).toBe(true)
  expect(parseCommand(line)).toEqual(expected)
})

test('all else is speech', () => {
  expect(isCommand('either/or')).toBe(false)
  expect(isCommand('')).toBe(false)
})

test('the help has every command', () => {
  for (const name of Object.keys(LIVE_COMMANDS)) expect(renderCommands()).toContain(`/${name}`)
})
