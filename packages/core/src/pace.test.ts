import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Pace, paceMs } from './pace.js'
import { POLICIES, type Policy } from './policy.js'
import { waitFor } from './waiting.js'

const policy: Policy = {
  ...POLICIES.balanced,
  turnLengthMs: 300,
  habitMs: 200,
  yieldMs: 100,
  paceBoundsMs: [-500, 1500],
}
const UNKNOWN: Pace = { turnMs: 3000, held: 0, answered: 0 }

test('after 3 s of a user of whom nothing is known the wait is the table’s', () => {
  expect(paceMs(policy, UNKNOWN)).toBe(0)
})

test('an e times longer turn or habit is worth what the policy says', () => {
  const longer = { ...UNKNOWN, turnMs: Math.E * 3300 - 300 }
  expect(paceMs(policy, longer)).toBe(300)
  expect(paceMs(policy, { ...UNKNOWN, turnMs: 3300 / Math.E - 300 })).toBe(-300)
  // 28 pauses in two turns and the two that count as heard before, instead of 14.
  expect(paceMs(policy, { ...longer, held: 21, answered: 2 })).toBe(Math.round(300 + 200 * Math.log(2)))
  // As often as people at a meeting.
  expect(paceMs(policy, { ...UNKNOWN, held: 35, answered: 10 })).toBe(0)
})

test('e times higher odds of a yield shorten it by what the policy says, from those of a typical pause on', () => {
  const withOdds = (odds: number) => paceMs(policy, { ...UNKNOWN, yielded: odds / (1 + odds) })
  const typical = Math.exp(-1.6)
  expect(withOdds(typical)).toBeCloseTo(0)
  expect(withOdds(typical * Math.E)).toBe(-100)
  expect(withOdds(typical / Math.E)).toBe(100)
})

test('it stays within its bounds, also where a yield is certain or impossible', () => {
  for (const yielded of [0, 1]) {
    expect(Math.abs(paceMs(policy, { ...UNKNOWN, yielded }))).toBeLessThanOrEqual(1000)
    expect(paceMs({ ...policy, yieldMs: 0 }, { ...UNKNOWN, yielded })).toBe(0)
  }

  expect(paceMs(policy, { turnMs: 0, held: 0, answered: 90 })).toBe(-500)
  expect(paceMs(policy, { turnMs: Number.MAX_VALUE, held: 90, answered: 0 })).toBe(1500)
  expect(paceMs({ ...policy, turnLengthMs: 0, habitMs: 0 }, { turnMs: 9e5, held: 90, answered: 0 })).toBe(0)
})

test('no wait is shorter than for a turn that is surely over; longer turns and pauses never shorten one, answers never lengthen one', () => {
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
