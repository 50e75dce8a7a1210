import type { Action, ExpectationKind, Message } from '@turnwise/core'
import type { Interval } from '../metrics/bootstrap.js'
import type { ReliabilityBin } from '../metrics/calibration.js'
import type { LengthMatched } from '../metrics/lengthMatched.js'
import type { ClassScores, Scores } from '../metrics/scores.js'
import type { ResultHeader } from '../results/resultHeader.js'
import type { SystemFacts } from '../systems/system.js'

/** Answers counted in one way. All figures are from 0 to 1. */
export interface View<Class> extends Scores {
  readonly rows: number
  /** Of 95%, by bootstrap over clusters. */
  readonly intervals: { readonly accuracy: Interval; readonly macroF1: Interval }
  readonly classes: readonly ClassScores<Class>[]
  /** Rows by expected (outer) and answered class, in the order of `classes`. */
  readonly confusion: readonly (readonly number[])[]
}

/** The classes of the published binary view: whether the utterance is at its end. */
export const ENDS = ['end of utterance', 'not'] as const
export type End = (typeof ENDS)[number]

/** How many rows of a group, or minimal pairs of it, are right, 0 to 1. */
export interface GroupScore {
  readonly group: string
  readonly count: number
  /** Nothing being known of the agent. */
  readonly accuracy: number
  /** Its state being known. */
  readonly accuracyInState: number
}

/** A wrong answer, its state known, for reading. */
export interface WorstError {
  readonly id: string
  readonly group?: string | undefined
  readonly expected: Action
  readonly answered: Action
  /** Of the wrong answer within its pair, 0.5 to 1. */
  readonly confidence: number
  /** Only where the set's licence lets it be quoted. */
  readonly messages?: readonly Message[] | undefined
}

/** What `expect` changes in the rows whose agent, silent, has asked for one kind of answer. */
export interface ExpectationScore {
  readonly expect: ExpectationKind
  /** Whether these rows also say how long the answer is; those that do not are apart. */
  readonly hasLength: boolean
  readonly rows: number
  /** Rows that a session gets right which is told nothing, and expects by itself what the agent's words name. */
  readonly rightByItself: number
  /** The ids of rows that it makes right … */
  readonly madeRight: readonly string[]
  /** … and of those that it makes wrong. */
  readonly madeWrong: readonly string[]
}

/** What one system made of one set. */
export interface SystemSetResult {
  readonly system: SystemFacts
  /** The published binary view. */
  readonly binary: View<End>
  /** The four actions, nothing being known of the agent: the published multi-class view. */
  readonly multiClass: View<Action>
  /** The four actions, the agent's state being known. */
  readonly inState: View<Action>
  /** Needs no threshold: of the probability that the turn changes, agent silent and speaking; null if one-sided. */
  readonly areaUnderCurve: { readonly silent: number | null; readonly speaking: number | null }
  /** Binary, among rows paired by their number of words. */
  readonly lengthMatched: LengthMatched
  readonly groups: readonly GroupScore[]
  /** All pairs first, then by group. */
  readonly pairs: readonly GroupScore[]
  /** Of the most probable of the four actions; null for systems without probabilities. */
  readonly calibration: { readonly expectedCalibrationError: number; readonly bins: readonly ReliabilityBin[] } | null
  readonly worst: readonly WorstError[]
  /** By what was asked for; absent where no row says it. */
  readonly expectations?: readonly ExpectationScore[] | undefined
  /** The class (0–3) of each row's answer, as one text; for paired comparisons. */
  readonly answers: string
  readonly answersInState: string
}

/** What all systems made of one set. */
export interface SetResult {
  readonly name: string
  readonly title: string
  readonly rows: number
  /** Of the whole set, where only a sample was run. */
  readonly rowsOfSet: number
  /** Of the rows that were run, in order. */
  readonly sha256: string
  readonly binaryWithoutBackchannels: boolean
  /** The class (0–3) of each row, as one text. */
  readonly expected: string
  /** The number of each row's cluster, with spaces between; absent where each is drawn alone, and in older results. */
  readonly clusters?: string | undefined
  /** What always answering the commonest class gets. */
  readonly majority: { readonly binary: Scores; readonly multiClass: Scores }
  readonly systems: readonly SystemSetResult[]
}

/** A result of `turnwise bench accuracy`. */
export interface AccuracyResult extends ResultHeader {
  readonly kind: 'accuracy'
  readonly resamples: number
  readonly sets: readonly SetResult[]
  /** Sets that were not at hand, and why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
}
