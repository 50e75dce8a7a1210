import { ACTIONS, type Action } from '@turnwise/core'
import { type BenchmarkRow, type Dataset, finalText, isAgentSpeaking } from '../datasets/dataset.js'
import { areaUnderCurve } from '../metrics/areaUnderCurve.js'
import type { BootstrapOptions } from '../metrics/bootstrap.js'
import { expectedCalibrationError, reliabilityBins } from '../metrics/calibration.js'
import { rowsByGroup } from '../metrics/groups.js'
import { lengthMatched } from '../metrics/lengthMatched.js'
import { minimalPairs } from '../metrics/minimalPairs.js'
import { confusionMatrix, ratio, type Scores, scoresOf } from '../metrics/scores.js'
import { countWords } from '../systems/rules.js'
import type { SystemAnswer, SystemFacts } from '../systems/system.js'
import {
  ENDS,
  type End,
  type GroupScore,
  type SetResult,
  type SystemSetResult,
  type WorstError,
} from './accuracyResult.js'
import { clusterNumbers } from './clusters.js'
import { scoreExpectations } from './scoreExpectations.js'
import { scoreView } from './scoreView.js'

/** Options of {@link scoreSystem}. */
export interface ScoreOptions {
  readonly bootstrap: BootstrapOptions
  /** How many of the worst errors are listed. */
  readonly worst: number
  /** Quotes texts even of sets whose licence does not let them be passed on. */
  readonly quote: boolean
}

/** The published binary view: start_speaking and continue_speaking are an end of utterance. */
function endOf(action: Action): End {
  return action === 'start_speaking' || action === 'continue_speaking' ? ENDS[0] : ENDS[1]
}

/** Everything that the answers of a system to a set show. */
export function scoreSystem(
  set: Dataset,
  system: SystemFacts,
  answers: readonly SystemAnswer[],
  options: ScoreOptions,
): SystemSetResult {
  const { rows } = set
  const { bootstrap } = options
  const expected = rows.map(({ action }) => action)
  const answered = answers.map(({ action }) => action)
  const inState = answers.map(({ actionInState }) => actionInState)
  const right = expected.map((action, index) => answered[index] === action)
  const rightInState = expected.map((action, index) => inState[index] === action)
  const clusters = clusterNumbers(rows)
  const binary = binaryRows(set)
  const ends = (actions: readonly Action[]) => binary.map((index) => endOf(actions[index] ?? ACTIONS[0]))
  const endsExpected = ends(expected)
  const endsAnswered = ends(answered)
  return {
    system,
    binary: scoreView(
      ENDS,
      endsExpected,
      endsAnswered,
      binary.map((index) => clusters[index] ?? index),
      bootstrap,
    ),
    multiClass: scoreView(ACTIONS, expected, answered, clusters, bootstrap),
    inState: scoreView(ACTIONS, expected, inState, clusters, bootstrap),
    areaUnderCurve: { silent: rankingOf(rows, answers, false), speaking: rankingOf(rows, answers, true) },
    lengthMatched: lengthMatched(
      binary.flatMap((index) => rows.slice(index, index + 1).map((row) => countWords(finalText(row)))),
      endsExpected.map((end) => end === ENDS[0]),
      endsExpected.map((end, index) => endsAnswered[index] === end),
    ),
    groups: groupScores(rows, right, rightInState),
    pairs: pairScores(rows, right, rightInState),
    calibration: calibrationOf(answers, right),
    worst: worstErrors(set, answers, options),
    expectations: scoreExpectations(rows, answers),
    answers: answered.map((action) => ACTIONS.indexOf(action)).join(''),
    answersInState: inState.map((action) => ACTIONS.indexOf(action)).join(''),
  }
}

/** What always answering the commonest class gets. */
export function majorityOf(set: Dataset): SetResult['majority'] {
  const expected = set.rows.map(({ action }) => action)
  return {
    binary: majorityScores(
      ENDS,
      binaryRows(set).map((index) => endOf(expected[index] ?? ACTIONS[0])),
    ),
    multiClass: majorityScores(ACTIONS, expected),
  }
}

/** The numbers of the rows that the binary view counts. */
function binaryRows({ rows, binaryWithoutBackchannels }: Dataset): number[] {
  return rows.flatMap(({ action }, index) => {
    return binaryWithoutBackchannels && action === 'continue_speaking' ? [] : [index]
  })
}

function majorityScores<Class>(classes: readonly Class[], expected: readonly Class[]): Scores {
  const counts = classes.map((value) => expected.filter((each) => each === value).length)
  const commonest = classes[counts.indexOf(Math.max(...counts))] as Class
  return scoresOf(
    confusionMatrix(
      classes,
      expected,
      expected.map(() => commonest),
    ),
  )
}

function rankingOf(rows: readonly BenchmarkRow[], answers: readonly SystemAnswer[], speaking: boolean): number | null {
  const inside = rows.flatMap((row, index) => (isAgentSpeaking(row) === speaking ? [index] : []))
  const turns: Action = speaking ? 'start_listening' : 'start_speaking'
  const area = areaUnderCurve(
    inside.map((index) => answers[index]?.turnProbability ?? 0),
    inside.map((index) => rows[index]?.action === turns),
  )
  return Number.isNaN(area) ? null : area
}

function groupScores(rows: readonly BenchmarkRow[], right: boolean[], rightInState: boolean[]): GroupScore[] {
  return [...rowsByGroup(rows.map(({ group }) => group))].map(([group, inside]) => ({
    group,
    count: inside.length,
    accuracy: shareOf(inside, right),
    accuracyInState: shareOf(inside, rightInState),
  }))
}

function shareOf(inside: readonly number[], right: readonly boolean[]): number {
  return ratio(inside.filter((index) => right[index]).length, inside.length)
}

function pairScores(rows: readonly BenchmarkRow[], right: boolean[], rightInState: boolean[]): GroupScore[] {
  const withPairs = rows.filter(({ pair }) => pair !== undefined)
  const groups = [...new Set(withPairs.map(({ group }) => group))].filter((group) => group !== undefined)
  return ['all', ...groups].flatMap((group, index) => {
    const pairs = rows.map((row) => (index === 0 || row.group === group ? row.pair : undefined))
    const { pairs: count, accuracy } = minimalPairs(pairs, right)
    return count === 0 ? [] : [{ group, count, accuracy, accuracyInState: minimalPairs(pairs, rightInState).accuracy }]
  })
}

function calibrationOf(answers: readonly SystemAnswer[], right: readonly boolean[]): SystemSetResult['calibration'] {
  const confidence = answers.flatMap(({ probabilities }) =>
    probabilities === undefined ? [] : [Math.max(...probabilities)],
  )
  if (confidence.length !== answers.length) return null
  const bins = reliabilityBins(confidence, right)
  return { expectedCalibrationError: expectedCalibrationError(bins), bins }
}

function worstErrors(
  { rows, isQuotable }: Dataset,
  answers: readonly SystemAnswer[],
  options: ScoreOptions,
): WorstError[] {
  const errors = rows.flatMap((row, index): WorstError[] => {
    const answer = answers[index]
    if (answer === undefined || answer.actionInState === row.action) return []
    const { turnProbability, actionInState: answered } = answer
    const confidence = Math.max(turnProbability, 1 - turnProbability)
    const { id, group, action: expected, messages } = row
    return [{ id, group, expected, answered, confidence, ...(isQuotable || options.quote ? { messages } : {}) }]
  })
  return errors.sort((left, right) => right.confidence - left.confidence).slice(0, options.worst)
}
