import { expect, test } from 'vitest'
import { editLine, type Key } from './editLine.js'

function press(line: string, key: Partial<Key>) {
  return editLine(line, { text: undefined, name: undefined, isControl: false, isMeta: false, ...key })
}

const control = (name: string) => ({ name, isControl: true, text: '\u0001' })

test.each([
  ['a', { text: 'b', name: 'b' }, 'ab'],
  ['a', { text: ' ', name: 'space' }, 'a '],
  ['日', { text: '本' }, '日本'],
  ['ab', { name: 'backspace', text: '\u007f' }, 'a'],
  ['a👩‍👩‍👧', { name: 'backspace', text: '\u007f' }, 'a'],
  ['', { name: 'backspace', text: '\u007f' }, ''],
  ['one two ', control('w'), 'one '],
  ['one two', control('u'), ''],
] as const)('%j and %j', (line, key, expected) => {
  expect(press(line, key)).toEqual({ kind: 'changed', line: expected })
})

test('Enter submits, Ctrl-C ends, Ctrl-D ends on an empty line', () => {
  expect(press('a', { name: 'return', text: '\r' })).toEqual({ kind: 'submitted' })
  expect(press('a', { name: 'enter', text: '\n' })).toEqual({ kind: 'submitted' })
  expect(press('a', control('c'))).toEqual({ kind: 'quit' })
  expect(press('', control('d'))).toEqual({ kind: 'quit' })
  expect(press('a', control('d'))).toEqual({ kind: 'ignored' })
})

test('other keys write nothing', () => {
  for (const key of [{ name: 'up' }, { name: 'tab', text: '\t' }, { text: 'a', isMeta: true }, control('z')]) {
    expect(press('a', key)).toEqual({ kind: 'ignored' })
  }
})
