import type { Policy } from './policy.js'
import { wordsOf } from './spokenWords.js'

/** How the user of a call has spoken so far, and how likely people are to go on after such words. */
export interface Pace {
  /** From the turn's first word to its last, ms, and at least what {@link spokenMs} says. */
  readonly turnMs: number
  /** Pauses ({@link isPause}) after which the user went on in the same turn. */
  readonly held: number
  /** Turns of the user that were answered. */
  readonly answered: number
  /** As in a decision; absent where the model does not say. */
  readonly yielded?: number | undefined
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

/** The odds of a yield at a meeting's pause, as a logarithm, at which the wait is the table's … */
const TYPICAL_YIELD = -1.6
/** … and what counts as certain, so that its odds have a logarithm. */
const CERTAIN = 0.999

/** Beyond this nothing changes, and exponentials stay numbers. */
const MAX_ODDS = 30

/** What saying a text takes at least, ms. */
export function spokenMs(text: string): number {
  return WORD_MS * wordsOf(text).length
}

/** Whether a user who goes on after so much silence (ms) has paused. */
export function isPause(silenceMs: number): boolean {
  return silenceMs >= PAUSE_MS && silenceMs <= MAX_PAUSE_MS
}

/**
 * By how much the way the user has spoken moves the odds that the turn is over, as a logarithm: above 0 where the end is
 * likelier. 0 after 3 s of a user of whom nothing is known.
 */
export function paceOdds({ turnLengthWeight, habitWeight, yieldWeight = 0 }: PaceWeights, pace: Pace): number {
  const length = Math.log((pace.turnMs + ONSET_MS) / (TYPICAL_TURN_MS + ONSET_MS))
  const habit = Math.log((pace.held + PAUSES_A_TURN * TURNS_BEFORE) / (PAUSES_A_TURN * (pace.answered + TURNS_BEFORE)))
  const odds = yieldWeight * yieldOf(pace) - turnLengthWeight * length - habitWeight * habit
  return Math.max(-MAX_ODDS, Math.min(MAX_ODDS, odds))
}

/**
 * The probability (0 to 1) that the turn is over, once it is known how the user has spoken.
 *
 * @param completion the probability from the words, 0 to 1; what is certain stays
 */
export function pacedCompletion(weights: PaceWeights, completion: number, pace: Pace): number {
  const over = completion * Math.exp(paceOdds(weights, pace))
  return over / (over + (1 - completion))
}

/** The odds of a yield against those of a typical pause, as a logarithm; 0 where nothing is known. */
function yieldOf({ yielded }: Pace): number {
  if (yielded === undefined) return 0
  const probability = Math.max(1 - CERTAIN, Math.min(CERTAIN, yielded))
  return Math.log(probability / (1 - probability)) - TYPICAL_YIELD
}

type PaceWeights = Pick<Policy, 'turnLengthWeight' | 'habitWeight' | 'yieldWeight'>
