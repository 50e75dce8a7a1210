import { ACTIONS, TurnwiseError } from '@turnwise/core'
import type { AccuracyResult, SetResult, SystemSetResult } from '../accuracy/accuracyResult.js'
import type { LatencyResult } from '../latency/latencyResult.js'
import { caseName, mediansOf, overRuns } from '../latency/medians.js'
import { bootstrapIntervals } from '../metrics/bootstrap.js'
import { confusionMatrix, scoresOf } from '../metrics/scores.js'
import { readResult } from '../results/resultFile.js'
import type { ResultHeader } from '../results/resultHeader.js'
import type { StreamingResult } from '../streaming/streamingResult.js'
import { decimals, percent, percentWithin, type ReportTable } from './reportTable.js'

/**
 * What has changed from one result to another of the same kind. Systems of the same name are compared, and models
 * whose names differ in their order: two versions of one model.
 *
 * @throws TurnwiseError INVALID_RESULT
 */
export async function compareResults(beforePath: string, afterPath: string): Promise<ReportTable[]> {
  const [before, after] = [await readResult(beforePath), await readResult(afterPath)]
  if (before.kind !== after.kind) {
    const problem = `The first result is one of ${before.kind}, the second one of ${after.kind}: they cannot be compared.`
    throw new TurnwiseError('INVALID_RESULT', problem, { value: after.kind })
  }
  const tables = tablesOf(before, after).filter(({ rows }) => rows.length > 0)
  if (tables.length > 0) return tables
  throw new TurnwiseError('INVALID_RESULT', 'The two results have no rows and systems in common.')
}

function tablesOf(before: ResultHeader, after: ResultHeader): ReportTable[] {
  if (isOf<AccuracyResult>(before, 'accuracy') && isOf<AccuracyResult>(after, 'accuracy'))
    return compareAccuracy(before, after)
  if (isOf<StreamingResult>(before, 'streaming') && isOf<StreamingResult>(after, 'streaming')) {
    return compareStreaming(before, after)
  }
  if (isOf<LatencyResult>(before, 'latency') && isOf<LatencyResult>(after, 'latency'))
    return compareLatency(before, after)
  return []
}

function isOf<Result extends ResultHeader>(result: ResultHeader, kind: Result['kind']): result is Result {
  return result.kind === kind
}

/** Sets of the very same rows. */
function compareAccuracy(before: AccuracyResult, after: AccuracyResult): ReportTable[] {
  return before.sets.flatMap((set) => {
    const other = after.sets.find(({ name, sha256 }) => name === set.name && sha256 === set.sha256)
    return other === undefined ? [] : [compareSet(set, other, after)]
  })
}

function compareSet(set: SetResult, other: SetResult, { seed, resamples }: AccuracyResult): ReportTable {
  const pairs = pairUp(
    set.systems,
    other.systems,
    ({ system }) => system.name,
    ({ system }) => system.kind,
  )
  const bootstrap = { seed, resamples }
  return {
    title: `${set.name}, ${set.rows.toLocaleString('en-GB')} rows`,
    note: 'Per cent, then the change in points with its 95% interval, by drawing the same rows of both.',
    columns: ['', 'four actions: accuracy', 'change', 'F1', 'change', 'state known: accuracy', 'change'],
    rows: pairs.map(([first, second]) => {
      const change = pairedChange(set.expected, first, second, bootstrap)
      return [
        nameOfPair(first.system.name, second.system.name),
        fromTo(first.multiClass.accuracy, second.multiClass.accuracy),
        percentWithin(second.multiClass.accuracy - first.multiClass.accuracy, change.accuracy),
        fromTo(first.multiClass.macroF1, second.multiClass.macroF1),
        percentWithin(second.multiClass.macroF1 - first.multiClass.macroF1, change.macroF1),
        fromTo(first.inState.accuracy, second.inState.accuracy),
        percentWithin(second.inState.accuracy - first.inState.accuracy, change.inState),
      ]
    }),
  }
}

function pairedChange(
  expected: string,
  first: SystemSetResult,
  second: SystemSetResult,
  bootstrap: { readonly seed: number; readonly resamples: number },
) {
  const scores = (answers: string, drawn: Int32Array) => {
    const pick = (digits: string) => Array.from(drawn, (row) => digits.charCodeAt(row) - 48)
    return scoresOf(confusionMatrix(CLASSES, pick(expected), pick(answers)))
  }
  return bootstrapIntervals(
    expected.length,
    (drawn) => {
      const [before, after] = [scores(first.answers, drawn), scores(second.answers, drawn)]
      const inState = scores(second.answersInState, drawn).accuracy - scores(first.answersInState, drawn).accuracy
      return { accuracy: after.accuracy - before.accuracy, macroF1: after.macroF1 - before.macroF1, inState }
    },
    bootstrap,
  )
}

const CLASSES = ACTIONS.map((_, index) => index)

function compareStreaming(before: StreamingResult, after: StreamingResult): ReportTable[] {
  if (before.conversations.join() !== after.conversations.join() || before.holds !== after.holds) return []
  const turnEnds = pairUp(
    before.turnEnds,
    after.turnEnds,
    ({ name }) => name,
    ({ system }) => system?.kind ?? 'rule',
  )
  const overlaps = pairUp(
    before.overlaps,
    after.overlaps,
    ({ name }) => name,
    ({ system }) => system?.kind ?? 'rule',
  )
  return [
    {
      title: 'Cut-offs against latency',
      columns: [
        '',
        ...(before.turnEnds[0]?.latencyAtCutOffs.map(({ budget }) => `ms at ${100 * budget}% cut off`) ?? []),
      ],
      rows: turnEnds.map(([first, second]) => [
        nameOfPair(first.name, second.name),
        ...first.latencyAtCutOffs.map(({ point }, index) => {
          return `${decimals(point?.latencyMs, 0)} → ${decimals(second.latencyAtCutOffs[index]?.point?.latencyMs, 0)}`
        }),
      ]),
    },
    {
      title: 'Talking over the agent, per cent',
      columns: ['', 'backchannels that stop it', 'interruptions missed'],
      rows: overlaps.map(([first, second]) => [
        nameOfPair(first.name, second.name),
        fromTo(first.backchannelsStopped, second.backchannelsStopped),
        fromTo(first.interruptionsMissed, second.interruptionsMissed),
      ]),
    },
  ]
}

function compareLatency(before: LatencyResult, after: LatencyResult): ReportTable[] {
  const pairs = pairUp(
    before.systems,
    after.systems,
    ({ name }) => name,
    ({ role, spinning }) => `${role} ${spinning}`,
  )
  return [
    {
      title: 'Milliseconds of steady work, medians',
      note: `${before.threads} and ${after.threads} threads, on ${before.machine.processor} and ${after.machine.processor}.`,
      columns: ['', 'before', 'after', 'times as fast'],
      rows: before.cases.flatMap((each) => {
        const other = after.cases.find((candidate) => caseName(candidate) === caseName(each))
        if (other === undefined) return []
        return pairs.map(([first, second]) => {
          const [was, is] = [
            overRuns(mediansOf(each, first.name, 'samplesMs')).median,
            overRuns(mediansOf(other, second.name, 'samplesMs')).median,
          ]
          const name = `${caseName(each)}, ${nameOfPair(first.name, second.name)}`
          return [name, decimals(was, 2), decimals(is, 2), decimals(was / is, 2)]
        })
      }),
    },
  ]
}

/** Pairs by name; then those that are left, of one kind, in their order. */
function pairUp<Item>(
  before: readonly Item[],
  after: readonly Item[],
  nameOf: (item: Item) => string,
  kindOf: (item: Item) => string,
): [Item, Item][] {
  const unnamed = after.filter((item) => !before.some((other) => nameOf(other) === nameOf(item)))
  return before.flatMap((item): [Item, Item][] => {
    const same = after.find((other) => nameOf(other) === nameOf(item))
    if (same !== undefined) return [[item, same]]
    const index = unnamed.findIndex((other) => kindOf(other) === kindOf(item))
    const [next] = index === -1 ? [] : unnamed.splice(index, 1)
    return next === undefined ? [] : [[item, next]]
  })
}

function nameOfPair(before: string, after: string): string {
  return before === after ? before : `${before} → ${after}`
}

function fromTo(before: number | null, after: number | null): string {
  return `${percent(before)} → ${percent(after)}`
}
