import { expect, test } from 'vitest'
import { createKey, findKey, parseKeys } from './keys.js'

test('a key is found by itself, and by nothing else', () => {
  const [one, two] = [createKey('one'), createKey('two')]
  const keys = parseKeys(`# keys\n\n${one.line}\r\n  ${two.line},`)
  expect(keys.map(({ name }) => name)).toEqual(['one', 'two'])
  expect(findKey(keys, two.key)?.name).toBe('two')
  for (const wrong of ['', one.key.slice(0, -1), `${one.key} `, one.line, keys[0]?.hash.toString('hex') ?? '']) {
    expect(findKey(keys, wrong)).toBeUndefined()
  }
})

test('no two keys are alike, and a line does not hold its key', () => {
  const keys = Array.from({ length: 100 }, () => createKey('same'))
  expect(new Set(keys.map(({ key }) => key)).size).toBe(100)
  for (const { key, line } of keys) expect(line).not.toContain(key.slice(3))
})

test.each(['SECRET', 'a sha256:SECRET', `a b sha256:${'0'.repeat(64)}`, `a sha1:${'0'.repeat(64)}`])(
  'the line %j is refused, by its number alone',
  (line) => {
    const problem = expect.objectContaining({ code: 'INVALID_KEYS', message: expect.not.stringContaining('SECRET') })
    expect(() => parseKeys(`# first\n${line}`)).toThrow(problem)
    expect(() => parseKeys(`# first\n${line}`)).toThrow('Line 2')
  },
)

test('a name with a space is none', () => {
  expect(() => createKey('my agent')).toThrow(expect.objectContaining({ code: 'INVALID_KEYS' }))
})
