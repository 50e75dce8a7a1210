import { expect, test } from 'vitest'
import { fitWidth, keepEnd, keepStart } from './fitWidth.js'

test('keeps the end or the start of what does not fit', () => {
  expect(keepEnd('hello world', 11)).toBe('hello world')
  expect(keepEnd('hello world', 6)).toBe('…world')
  expect(keepStart('hello world', 6)).toBe('hello…')
})

test('counts columns, and cuts no character', () => {
  expect(keepEnd('日本語', 5)).toBe('…本語')
  expect(keepEnd('日本語', 4)).toBe('…語')
  expect(keepEnd('ab👩‍👩‍👧', 3)).toBe('…👩‍👩‍👧')
  expect(keepStart('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…')
})

test('takes no longer for a longer text', () => {
  const startMs = performance.now()
  for (const long of ['日本 '.repeat(300_000), 'more '.repeat(200_000)]) {
    for (let round = 0; round < 10; round += 1) expect(keepEnd(long, 80)).toMatch(/^….{39}/)
  }
  expect(performance.now() - startMs).toBeLessThan(5000)
})

test('fills up', () => {
  expect(fitWidth('日本', 6)).toBe('日本  ')
  expect(fitWidth('hello', 3)).toBe('he…')
})
