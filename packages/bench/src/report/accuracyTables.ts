import type {
  AccuracyResult,
  ExpectationScore,
  GroupScore,
  SetResult,
  SystemSetResult,
} from '../accuracy/accuracyResult.js'
import { type Scores, sum } from '../metrics/scores.js'
import { PUBLISHED_FIGURES, PUBLISHED_SYSTEM } from './publishedFigures.js'
import { count, decimals, percent, percentWithin, type ReportTable, rowCount } from './reportTable.js'

const LISTED_ERRORS = 10

/** Every table of a result of accuracy. */
export function accuracyTables({ sets }: AccuracyResult): ReportTable[] {
  return [
    ...sets.map(setTable),
    lengthMatchedTable(sets),
    ...sets.flatMap(classTables),
    ...sets.flatMap(groupTables),
    ...sets.flatMap(pairTables),
    ...sets.flatMap(expectationTables),
    calibrationTable(sets),
    ...sets.flatMap(errorTables),
  ].filter(({ rows }) => rows.length > 0)
}

function setTable({
  name,
  title,
  rows,
  rowsOfSet,
  systems,
  majority,
  binaryWithoutBackchannels,
}: SetResult): ReportTable {
  const sampled = rows < rowsOfSet ? `, a sample of ${count(rowsOfSet)}` : ''
  const without = binaryWithoutBackchannels
    ? ' Backchannels are not among those of the binary figures, as published.'
    : ''
  return {
    title: `${name}: ${title} (${rowCount(rows)}${sampled})`,
    note: `Accuracy and macro F1, per cent, with 95% intervals.${without}`,
    columns: ['', 'end or not: accuracy', 'F1', 'four actions: accuracy', 'F1', 'state known: accuracy', 'F1'],
    rows: [
      ...systems.map(({ system, binary, multiClass, inState }) => [
        system.name,
        ...[binary, multiClass, inState].flatMap(({ accuracy, macroF1, intervals }) => [
          percentWithin(accuracy, intervals.accuracy),
          percentWithin(macroF1, intervals.macroF1),
        ]),
      ]),
      ['the commonest class', ...plainScores(majority.binary), ...plainScores(majority.multiClass), '–', '–'],
      ...publishedRow(name),
    ],
  }
}

function publishedRow(name: string): string[][] {
  const published = PUBLISHED_FIGURES[name]
  if (published === undefined) return []
  return [[PUBLISHED_SYSTEM, ...plainScores(published.binary), ...plainScores(published.multiClass), '–', '–']]
}

function plainScores(scores: Scores | undefined): [string, string] {
  return [percent(scores?.accuracy), percent(scores?.macroF1)]
}

/** TEN is confounded by length: among lines paired by length a rule on length is right half of the time. */
function lengthMatchedTable(sets: readonly SetResult[]): ReportTable {
  const rows = sets.flatMap(({ name, systems }) =>
    systems
      .filter(({ lengthMatched }) => lengthMatched.pairs >= 1)
      .map(({ system, lengthMatched, areaUnderCurve }) => [
        `${name}, ${system.name}`,
        lengthMatched.pairs.toFixed(0),
        percent(lengthMatched.accuracy),
        ...[areaUnderCurve.silent, areaUnderCurve.speaking].map((area) => decimals(area, 3)),
      ]),
  )
  return {
    title: 'Without length and without thresholds',
    note:
      'Binary accuracy among rows paired by their number of words, where a rule on length gets half right; and the area ' +
      'under the curve of the probability that the turn changes, the agent silent and speaking.',
    columns: ['', 'pairs', 'accuracy', 'area, silent', 'area, speaking'],
    rows,
  }
}

/** Of systems with a model, those that a reader wants to look into. */
function looked({ systems }: SetResult): SystemSetResult[] {
  return systems.filter(({ system }) => system.kind === 'model' || system.kind === 'remote')
}

function classTables(set: SetResult): ReportTable[] {
  return looked(set).map(({ system, multiClass }) => ({
    title: `${set.name}, by action: ${system.name}`,
    note: "The agent's state not known.",
    columns: ['', 'rows', 'precision', 'recall', 'F1'],
    rows: multiClass.classes
      .filter(({ support }) => support > 0)
      .map(({ class: action, support, precision, recall, f1 }) => [
        action,
        count(support),
        ...[precision, recall, f1].map(percent),
      ]),
  }))
}

function groupTables(set: SetResult): ReportTable[] {
  return scoreTable(set, 'by group', ({ groups }) => groups)
}

function pairTables(set: SetResult): ReportTable[] {
  return scoreTable(set, 'minimal pairs with both rows right', ({ pairs }) => pairs)
}

function scoreTable(
  set: SetResult,
  what: string,
  scoresOf: (of: SystemSetResult) => readonly GroupScore[],
): ReportTable[] {
  const systems = looked(set)
  const [first] = systems
  if (first === undefined || scoresOf(first).length === 0) return []
  return [
    {
      title: `${set.name}, ${what}`,
      note: "Per cent right, the agent's state not known and known.",
      columns: ['', 'count', ...systems.flatMap(({ system }) => [system.name, 'state known'])],
      rows: scoresOf(first).map(({ group, count: size }, index) => [
        group,
        count(size),
        ...systems.flatMap((each) => {
          const score = scoresOf(each)[index]
          return [percent(score?.accuracy), percent(score?.accuracyInState)]
        }),
      ]),
    },
  ]
}

/** Of rules too: under one that always says finished stands what `expect` finds by itself. */
function expectationTables({ name, systems }: SetResult): ReportTable[] {
  return systems.flatMap(({ system, expectations = [] }) => {
    if (expectations.length === 0) return []
    const all = {
      rows: sum(expectations.map(({ rows }) => rows)),
      rightByItself: sum(expectations.map(({ rightByItself }) => rightByItself)),
      madeRight: expectations.flatMap(({ madeRight }) => madeRight),
      madeWrong: expectations.flatMap(({ madeWrong }) => madeWrong),
    }
    const changed = all.madeRight.length + all.madeWrong.length
    return {
      title: `${name}, what was asked for: ${system.name}`,
      note:
        'Rows that a session of the default policy gets right by itself and told what to `expect`. ' +
        `Of all ${count(all.rows)} rows with an expectation it changed ${count(changed)}.`,
      columns: ['', 'rows', 'right by itself', 'right when told', 'made right', 'made wrong'],
      rows: [
        ...expectations.map((score) => [
          score.hasLength ? `${score.expect}, length known` : score.expect,
          ...expectationFigures(score),
        ]),
        ['all', ...expectationFigures(all)],
      ],
    }
  })
}

function expectationFigures(score: Omit<ExpectationScore, 'expect' | 'hasLength'>): string[] {
  const [right, wrong] = [score.madeRight.length, score.madeWrong.length]
  return [score.rows, score.rightByItself, score.rightByItself + right - wrong, right, wrong].map(count)
}

function calibrationTable(sets: readonly SetResult[]): ReportTable {
  return {
    title: 'Calibration',
    note: 'Expected calibration error of the most probable action, 15 bins; 0 to 1.',
    columns: ['', 'rows', 'error'],
    rows: sets.flatMap(({ name, rows, systems }) =>
      systems.flatMap(({ system, calibration }) =>
        calibration === null
          ? []
          : [[`${name}, ${system.name}`, count(rows), decimals(calibration.expectedCalibrationError, 3)]],
      ),
    ),
  }
}

function errorTables(set: SetResult): ReportTable[] {
  return looked(set).flatMap(({ system, worst }) => {
    // Texts that may not be passed on are not in the result; without them a list says nothing here.
    const errors = worst.filter(({ messages }) => messages !== undefined).slice(0, LISTED_ERRORS)
    return [
      {
        title: `${set.name}, the surest errors: ${system.name}`,
        note: "The agent's state known. Of sets whose texts may be passed on; the results list the numbers of all.",
        columns: ['row', 'group', 'expected', 'answered', 'sure', 'the agent, then the user'],
        rows: errors.map(({ id, group = '', expected, answered, confidence, messages = [] }) => [
          id,
          group,
          expected,
          answered,
          percent(confidence),
          messages
            .slice(-2)
            .map(({ content }) => content)
            .join(' — '),
        ]),
      },
    ]
  })
}
