import { expect, test } from 'vitest'
import { strip } from './strip.js'

test.each([
  ['  hello \n', 'hello'],
  ['\u001c\u0085\u00a0hello\u3000\u2028', 'hello'],
  ['\ufeffhello\ufeff', '\ufeffhello\ufeff'],
  ['\u180ehello\u200b', '\u180ehello\u200b'],
  [' \t\r\n ', ''],
  ['', ''],
])('strips %j as Python does', (text, stripped) => {
  expect(strip(text)).toBe(stripped)
})
