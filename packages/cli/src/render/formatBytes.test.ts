import { expect, test } from 'vitest'
import { formatBytes } from './formatBytes.js'

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1 kB'],
  [199_337, '199 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [112_345_678, '112.3 MB'],
  [2.5e12, '2500.0 GB'],
])('%i is %s', (sizeBytes, text) => {
  expect(formatBytes(sizeBytes)).toBe(text)
})
