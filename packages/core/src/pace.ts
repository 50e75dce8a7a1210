import type { Policy } from './policy.js'
import { wordsOf } from './spokenWords.js'

/** How the user of a call has spoken so far. */
export interface Pace {
  /** From the turn's first word to its last, ms, and at least what {@link spokenMs} says. */
  readonly turnMs: number
  /** Pauses ({@link isPause}) after which the user went on in the same turn. */
  readonly held: number
  /** Turns of the user that were answered. */
  readonly answered: number
}

/** What a word takes, ms; most take longer. */
const WORD_MS = 300
/** Shorter silences (ms) in a turn tell nothing of a caller's habit … */
const PAUSE_MS = 400
/** … and after longer ones something else has begun. */
const MAX_PAUSE_MS = 5000

/** The turn (ms) after which the wait is the table's. */
const TYPICAL_TURN_MS = 3000
/** So that a turn of no words has a logarithm. */
const ONSET_MS = 300
/** People at a meeting pause so often in an answered turn. */
const PAUSES_A_TURN = 3.5
/** So many typical turns count as heard before the first: a caller's habit shows only after some turns. */
const TURNS_BEFORE = 2

/** What saying a text takes at least, ms. */
export function spokenMs(text: string): number {
  return WORD_MS * wordsOf(text).length
}

/** Whether a user who goes on after so much silence (ms) has paused. */
export function isPause(silenceMs: number): boolean {
  return silenceMs >= PAUSE_MS && silenceMs <= MAX_PAUSE_MS
}

/**
 * How much longer silence runs, in ms, for how the user has spoken; below 0: shorter. 0 after 3 s of a user of whom
 * nothing is known.
 */
export function paceMs({ turnLengthMs, habitMs, paceBoundsMs }: PaceWeights, pace: Pace): number {
  const length = Math.log((pace.turnMs + ONSET_MS) / (TYPICAL_TURN_MS + ONSET_MS))
  const habit = Math.log((pace.held + PAUSES_A_TURN * TURNS_BEFORE) / (PAUSES_A_TURN * (pace.answered + TURNS_BEFORE)))
  const [least, most] = paceBoundsMs
  return Math.round(Math.max(least, Math.min(most, turnLengthMs * length + habitMs * habit)))
}

type PaceWeights = Pick<Policy, 'turnLengthMs' | 'habitMs' | 'paceBoundsMs'>
