import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeScript, encodeScript } from './shareLink.js'
import type { Script, Step } from './step.js'

const time = { pauseMs: fc.nat(100_000) }
const word = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => text.isWellFormed())
const step = fc.oneof(
  fc.record({ kind: fc.constant('user'), ...time, word, keep: fc.option(fc.nat(40), { nil: undefined }) }),
  fc.record({ kind: fc.constant('agent'), ...time, word }),
  fc.record({ kind: fc.constantFrom('settle', 'agentDone'), ...time }),
  fc.record({ kind: fc.constant('expect'), ...time, expect: fc.constantFrom('phone', 'email', undefined) }),
)
const script = fc.record({
  steps: fc.array(step, { maxLength: 30 }),
  policy: fc.constantFrom('patient', 'balanced', 'eager'),
  rival: fc.constantFrom('patient', 'eager', undefined),
})

test('a link opens what was shared', () => {
  fc.assert(
    fc.property(script, (drawn) => {
      const steps = drawn.steps.map((each, index) => ({ ...each, atMs: index * 300 })) as Step[]
      const shared = { ...drawn, steps } as Script
      const fragment = encodeScript(shared)
      expect(fragment).toMatch(/^[\w-]*$/)
      expect(decodeScript(fragment)).toEqual(shared)
    }),
  )
})

test('a damaged link opens nothing', () => {
  const whole = encodeScript({
    steps: [{ kind: 'user', pauseMs: 0, atMs: 0, word: 'hello' }],
    policy: 'eager',
  })
  expect(decodeScript(whole.slice(0, -3))).toBeUndefined()
  expect(decodeScript('')).toBeUndefined()
  expect(decodeScript('%%%')).toBeUndefined()
})

test.each([
  ['another version', [2, 'eager', null, []]],
  ['an unknown policy', [1, 'constructor', null, []]],
  ['an unknown step', [1, 'eager', null, [[9, 0, 0]]]],
  ['time that runs back', [1, 'eager', null, [[1, 0, -5]]]],
  ['words that are none', [1, 'eager', null, [[0, 0, 0, 7]]]],
  ['half a character', [1, 'eager', null, [[0, 0, 0, '\ud800']]]],
  ['an unknown expectation', [1, 'eager', null, [[4, 0, 0, 'shoe size']]]],
  ['more steps than a page plays', [1, 'eager', null, Array.from({ length: 5001 }, () => [1, 0, 0])]],
])('%s is refused', (_, value) => {
  expect(decodeScript(btoa(JSON.stringify(value)))).toBeUndefined()
})
