import { expect, test } from 'vitest'
import { useColor } from './useColor.js'

const terminal = { isTTY: true }
const pipe = { isTTY: false }

test.each([
  ['a terminal', [], {}, terminal, true],
  ['a pipe', [], {}, pipe, false],
  ['a stream that says nothing', [], {}, {}, false],
  ['a dumb terminal', [], { TERM: 'dumb' }, terminal, false],
  ['NO_COLOR', [], { NO_COLOR: '1' }, terminal, false],
  ['an empty NO_COLOR', [], { NO_COLOR: '' }, terminal, true],
  ['FORCE_COLOR', [], { FORCE_COLOR: '1' }, pipe, true],
  ['an empty FORCE_COLOR', [], { FORCE_COLOR: '' }, pipe, true],
  ['FORCE_COLOR=0', [], { FORCE_COLOR: '0' }, terminal, false],
  ['both', [], { NO_COLOR: '1', FORCE_COLOR: '1' }, terminal, false],
  ['--no-color', ['predict', '--no-color', 'hello'], { FORCE_COLOR: '1' }, terminal, false],
  ['--no-color as a sentence', ['predict', '--', '--no-color'], {}, terminal, true],
] as const)('%s', (_, commandLine, environment, stream, expected) => {
  expect(useColor(commandLine, environment, stream)).toBe(expected)
})
