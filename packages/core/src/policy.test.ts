import { describe, expect, test } from 'vitest'
import { spokenMs } from './pace.js'
import { MAX_WAIT_POINTS, POLICIES, resolvePolicy } from './policy.js'
import { caught } from './test/caught.js'
import { waitFor } from './waiting.js'

const { balanced } = POLICIES
const TYPICAL = { turnMs: 3000, held: 0, answered: 0 }
const withWait = (wait: unknown) => ({ ...balanced, wait })

/** A table of so many points. */
function falling(count: number): [number, number][] {
  return Array.from({ length: count }, (_, index) => [index / (count - 1), count - index])
}

test('a policy has a name, or is checked and copied', () => {
  for (const [name, policy] of Object.entries(POLICIES)) {
    expect(resolvePolicy(name)).toBe(policy)
    expect(resolvePolicy(policy)).toEqual(policy)
  }
  const own = { ...balanced, speakFrom: 0.7 }
  expect(resolvePolicy(own)).toEqual(own)
  expect(resolvePolicy(own)).not.toBe(own)
  expect(resolvePolicy(own).wait).not.toBe(own.wait)
  expect(resolvePolicy(withWait(falling(MAX_WAIT_POINTS))).wait).toHaveLength(MAX_WAIT_POINTS)
})

test.each<[string, unknown]>([
  ['an unknown name', 'hasty'],
  ['an inherited name', 'toString'],
  ['nothing', null],
  ['a number that is missing', { ...balanced, margin: undefined }],
  ['a probability above 1', { ...balanced, speakFrom: 1.2 }],
  ['a number that is none', { ...balanced, interruptFrom: Number.NaN }],
  ['a length that shortens waits', { ...balanced, turnLengthWeight: -1 }],
  ['a habit that is missing', { ...balanced, habitWeight: undefined }],
  ['a yield that is none', { ...balanced, yieldWeight: Number.POSITIVE_INFINITY }],
  ['a negative time', { ...balanced, resumeAfterMs: -1 }],
  ['a certain interruption that is no probable one', { ...balanced, confidentFrom: 0.2 }],
  ['no table', { ...balanced, wait: undefined }],
  ['a table of one point', withWait([[0, 1]])],
  ['a table of more points than any needs', withWait(falling(MAX_WAIT_POINTS + 1))],
  ['a point that is no pair', withWait([[0, 1], 1])],
  [
    'a table that begins late',
    withWait([
      [0.1, 2],
      [1, 1],
    ]),
  ],
  [
    'a table that ends early',
    withWait([
      [0, 2],
      [0.9, 1],
    ]),
  ],
  [
    'probabilities that do not rise',
    withWait([
      [0, 3],
      [0, 2],
      [1, 1],
    ]),
  ],
  [
    'waits that rise',
    withWait([
      [0, 1],
      [1, 2],
    ]),
  ],
])('refuses %s', (_, policy) => {
  expect(caught(() => resolvePolicy(policy))).toMatchObject({ code: 'INVALID_POLICY' })
})

describe('the wait', () => {
  test('falls in straight lines', () => {
    const wait = [
      [0, 2000],
      [0.5, 1000],
      [1, 200],
    ] as const
    const waits = [0, 0.25, 0.5, 0.75, 1].map((probability) => waitFor({ ...balanced, wait }, probability, TYPICAL))
    expect(waits).toEqual([2000, 1500, 1000, 600, 200])
  })

  test('is longer in a more patient policy, however probable the end and however the user speaks', () => {
    for (let completion = 0; completion <= 1; completion += 0.01) {
      for (const turnMs of [300, 3000, 60_000]) {
        const waits = Object.values(POLICIES).map((policy) => waitFor(policy, completion, { ...TYPICAL, turnMs }))
        const [patient = 0, usual = 0, eager = 0] = waits
        expect(patient).toBeGreaterThanOrEqual(usual)
        expect(usual).toBeGreaterThanOrEqual(eager)
      }
    }
  })

  test('is short after a clear answer, and long after half a sentence', () => {
    for (const [policy, [clearMs, halfMs]] of [
      [POLICIES.eager, [300, 1300]],
      [POLICIES.balanced, [400, 1500]],
      [POLICIES.patient, [600, 2000]],
    ] as const) {
      expect(waitFor(policy, 0.97, { ...TYPICAL, turnMs: spokenMs('the second one please') })).toBeLessThanOrEqual(
        clearMs,
      )
      expect(waitFor(policy, 0.03, { ...TYPICAL, turnMs: spokenMs('it is the one with the') })).toBeGreaterThanOrEqual(
        halfMs,
      )
    }
  })
})
