import { expect, test } from 'vitest'
import { p99Of } from './reportTable.js'

test('a 99th percentile is of a hundred times or more', () => {
  expect(p99Of({ count: 99, p99: 12.345 }, 1)).toBe('–')
  expect(p99Of({ count: 100, p99: 12.345 }, 1)).toBe('12.3')
})
