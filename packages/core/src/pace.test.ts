import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Pace, pacedCompletion, paceOdds } from './pace.js'
import { POLICIES, type Policy } from './policy.js'
import { waitFor } from './waiting.js'

const policy: Policy = { ...POLICIES.balanced, turnLengthWeight: 1.5, habitWeight: 1, yieldWeight: 0.5 }
const UNKNOWN: Pace = { turnMs: 3000, held: 0, answered: 0 }

test('after 3 s of a user of whom nothing is known the probability is that of the words', () => {
  expect(paceOdds(policy, UNKNOWN)).toBe(0)
  expect(pacedCompletion(policy, 0.3, UNKNOWN)).toBeCloseTo(0.3)
})

test('an e times longer turn or habit is worth what the policy says', () => {
  const longer = { ...UNKNOWN, turnMs: Math.E * 3300 - 300 }
  expect(paceOdds(policy, longer)).toBeCloseTo(-1.5)
  expect(paceOdds(policy, { ...UNKNOWN, turnMs: 3300 / Math.E - 300 })).toBeCloseTo(1.5)
  // 28 pauses in two turns and the two that count as heard before, instead of 14.
  expect(paceOdds(policy, { ...longer, held: 21, answered: 2 })).toBeCloseTo(-1.5 - Math.log(2))
  // As often as people at a meeting.
  expect(paceOdds(policy, { ...UNKNOWN, held: 35, answered: 10 })).toBeCloseTo(0)
})

test('the odds are those of the words times what the pace makes of them', () => {
  const twice = { ...UNKNOWN, turnMs: 3300 * 2 ** (-1 / 1.5) - 300 }
  expect(pacedCompletion(policy, 0.5, twice)).toBeCloseTo(2 / 3)
  expect(pacedCompletion(policy, 0.8, twice)).toBeCloseTo(8 / 9)
})

test('e times higher odds of a yield are worth what the policy says, from those of a typical pause on', () => {
  const withOdds = (odds: number) => paceOdds(policy, { ...UNKNOWN, yielded: odds / (1 + odds) })
  const typical = Math.exp(-1.6)
  expect(withOdds(typical)).toBeCloseTo(0)
  expect(withOdds(typical * Math.E)).toBeCloseTo(0.5)
  expect(withOdds(typical / Math.E)).toBeCloseTo(-0.5)
  expect(paceOdds({ ...policy, yieldWeight: undefined }, { ...UNKNOWN, yielded: 1 })).toBe(0)
})

test('what is certain stays, and nothing but a probability comes of the longest turn and the largest weights', () => {
  const endless = { turnMs: Number.MAX_VALUE, held: 1e9, answered: 0, yielded: 0 }
  const heavy = { turnLengthWeight: Number.MAX_SAFE_INTEGER, habitWeight: Number.MAX_SAFE_INTEGER, yieldWeight: 1 }
  for (const pace of [endless, { turnMs: 0, held: 0, answered: 1e9, yielded: 1 }]) {
    expect(pacedCompletion(heavy, 0, pace)).toBe(0)
    expect(pacedCompletion(heavy, 1, pace)).toBe(1)
    expect([0, 1]).toContain(Math.round(pacedCompletion(heavy, 0.5, pace)))
  }
})

test('no wait leaves the table; longer turns and pauses never shorten one, answers never lengthen one', () => {
  const count = fc.nat(200)
  const pace = fc.record({ turnMs: fc.nat(300_000), held: count, answered: count })
  const completion = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(POLICIES)),
      completion,
      pace,
      pace,
      (given, completion, pace, more) => {
        const waitMs = waitFor(given, completion, pace)
        expect(waitMs).toBeGreaterThanOrEqual(given.wait.at(-1)?.[1] ?? Number.NaN)
        expect(waitMs).toBeLessThanOrEqual(given.wait[0]?.[1] ?? Number.NaN)
        const [turnMs, held, answered] = [
          pace.turnMs + more.turnMs,
          pace.held + more.held,
          pace.answered + more.answered,
        ]
        expect(waitFor(given, completion, { ...pace, turnMs })).toBeGreaterThanOrEqual(waitMs)
        expect(waitFor(given, completion, { ...pace, held })).toBeGreaterThanOrEqual(waitMs)
        expect(waitFor(given, completion, { ...pace, answered })).toBeLessThanOrEqual(waitMs)
      },
    ),
  )
})
