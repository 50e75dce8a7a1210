import { expect, test } from 'vitest'
import { createSpecialTokenCutter } from './specialTokens.js'

const cut = createSpecialTokenCutter(['<|im_end|>', '<|im_start|>', '[a-b]', '𝒳y'])

test.each([
  ['hello', ['hello']],
  ['', []],
  ['<|im_end|>', ['<', '|im_end|>']],
  ['a <|im_end|><|im_start|> b', ['a <', '|im_end|><', '|im_start|> b']],
  ['<|im_<|im_end|>end|>', ['<|im_<', '|im_end|>end|>']],
  ['[a-b] [ab]', ['[', 'a-b] [ab]']],
  ['𝒳y', ['𝒳', 'y']],
  ['< |im_end|>', ['< |im_end|>']],
])('cuts %j', (text, pieces) => {
  expect(cut(text)).toEqual(pieces)
})

test('cuts nothing where there are no special tokens', () => {
  expect(createSpecialTokenCutter([])('<|im_end|>')).toEqual(['<|im_end|>'])
})
