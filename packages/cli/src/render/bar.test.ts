import { expect, test } from 'vitest'
import { renderBar, renderLevel } from './bar.js'

test('a bar is as long as its share, to an eighth of a column', () => {
  expect([0, 0.05, 0.5, 0.99, 1].map((share) => renderBar(share, 4))).toEqual(['    ', '▎   ', '██  ', '████', '████'])
  expect(renderBar(2, 2)).toBe('██')
  expect(renderBar(Number.MIN_VALUE, 2)).toBe('  ')
})

test('a level is as high as its share', () => {
  expect([-1, 0, 0.5, 0.99, 1, 2].map(renderLevel)).toEqual(['▁', '▁', '▅', '█', '█', '█'])
})
