import { ACTIONS, TurnwiseError } from '@turnwise/core'
import type { AccuracyResult, SetResult, SystemSetResult } from '../accuracy/accuracyResult.js'
import { parseClusters } from '../accuracy/clusters.js'
import type { LatencyResult } from '../latency/latencyResult.js'
import { caseName, mediansOf, overRuns } from '../latency/medians.js'
import { bootstrapIntervals } from '../metrics/bootstrap.js'
import { confusionMatrix, scoresOf } from '../metrics/scores.js'
import { readResult } from '../results/resultFile.js'
import type { ResultHeader } from '../results/resultHeader.js'
import type { StreamingResult } from '../streaming/streamingResult.js'
import { assertSamePlayed } from './assertSamePlayed.js'
import { pairUp } from './pairUp.js'
import { count, decimals, percent, percentWithin, type ReportTable, rowCount } from './reportTable.js'

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
  const { tables, unpaired } = compareAny(before, after)
  const compared = tables.filter(({ rows }) => rows.length > 0)
  if (compared.length === 0) {
    const reasons = unpaired.map(([name, why]) => `${name} (${why})`).join(', ')
    const problem = `The two results have no rows and systems in common${reasons && `: ${reasons}`}.`
    throw new TurnwiseError('INVALID_RESULT', problem)
  }
  if (unpaired.length === 0) return compared
  return [...compared, { title: 'Not compared', columns: ['', 'why'], rows: unpaired }]
}

/** What can be compared; and of what cannot the name and why. */
interface Comparison {
  readonly tables: readonly ReportTable[]
  readonly unpaired: readonly (readonly [name: string, why: string])[]
}

function compareAny(before: ResultHeader, after: ResultHeader): Comparison {
  if (isOf<AccuracyResult>(before, 'accuracy') && isOf<AccuracyResult>(after, 'accuracy'))
    return compareAccuracy(before, after)
  if (isOf<StreamingResult>(before, 'streaming') && isOf<StreamingResult>(after, 'streaming')) {
    return compareStreaming(before, after)
  }
  if (isOf<LatencyResult>(before, 'latency') && isOf<LatencyResult>(after, 'latency'))
    return compareLatency(before, after)
  return { tables: [], unpaired: [] }
}

function isOf<Result extends ResultHeader>(result: ResultHeader, kind: Result['kind']): result is Result {
  return result.kind === kind
}

/** Sets of the very same rows. */
function compareAccuracy(before: AccuracyResult, after: AccuracyResult): Comparison {
  const { pairs, onlyBefore, onlyAfter } = pairUp(
    before.sets,
    after.sets,
    ({ name }) => name,
    ({ name }) => name,
  )
  const same = pairs.filter(([set, other]) => set.sha256 === other.sha256)
  const others = pairs.filter(([set, other]) => set.sha256 !== other.sha256)
  const compared = same.map(([set, other]) => compareSet(set, other, after))
  return {
    tables: compared.flatMap(({ tables }) => tables),
    unpaired: [
      ...others.map(
        ([set, other]) => [set.name, `other rows: ${rowsOf(set, before)}, then ${rowsOf(other, after)}`] as const,
      ),
      ...onlyInOne(onlyBefore, onlyAfter, ({ name }) => name),
      ...compared.flatMap(({ unpaired }) => unpaired),
    ],
  }
}

function rowsOf({ rows, rowsOfSet }: SetResult, { seed }: AccuracyResult): string {
  return rows === rowsOfSet ? `all ${count(rows)}` : `${count(rows)} of ${count(rowsOfSet)} drawn by seed ${seed}`
}

function compareSet(set: SetResult, other: SetResult, { seed, resamples }: AccuracyResult): Comparison {
  const { pairs, onlyBefore, onlyAfter } = pairUp(
    set.systems,
    other.systems,
    ({ system }) => system.name,
    ({ system }) => system.kind,
  )
  const bootstrap = { seed, resamples }
  // The rows are the same; only an older result does not say which belong together.
  const clusters = parseClusters(other.clusters ?? set.clusters, set.rows)
  const table = {
    title: `${set.name}, ${rowCount(set.rows)}`,
    note: 'Per cent, then the change in points with its 95% interval, by drawing the same rows of both, dependent ones together.',
    columns: ['', 'four actions: accuracy', 'change', 'F1', 'change', 'state known: accuracy', 'change'],
    rows: pairs.map(([first, second]) => {
      const change = pairedChange(set.expected, first, second, clusters, bootstrap)
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
  return {
    tables: [table],
    unpaired: onlyInOne(onlyBefore, onlyAfter, ({ system }) => `${set.name}, ${system.name}`),
  }
}

function pairedChange(
  expected: string,
  first: SystemSetResult,
  second: SystemSetResult,
  clusters: readonly number[],
  bootstrap: { readonly seed: number; readonly resamples: number },
) {
  const scores = (answers: string, drawn: Int32Array) => {
    const pick = (digits: string) => Array.from(drawn, (row) => digits.charCodeAt(row) - 48)
    return scoresOf(confusionMatrix(CLASSES, pick(expected), pick(answers)))
  }
  return bootstrapIntervals(
    clusters,
    (drawn) => {
      const [before, after] = [scores(first.answers, drawn), scores(second.answers, drawn)]
      const inState = scores(second.answersInState, drawn).accuracy - scores(first.answersInState, drawn).accuracy
      return { accuracy: after.accuracy - before.accuracy, macroF1: after.macroF1 - before.macroF1, inState }
    },
    bootstrap,
  )
}

const CLASSES = ACTIONS.map((_, index) => index)

/** @throws TurnwiseError INVALID_RESULT unless both have played the same */
function compareStreaming(before: StreamingResult, after: StreamingResult): Comparison {
  assertSamePlayed(before, after)
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
  const tables = [
    {
      title: 'Cut-offs against latency',
      columns: [
        '',
        ...(before.turnEnds[0]?.latencyAtCutOffs.map(({ budget }) => `ms at ${100 * budget}% cut off`) ?? []),
      ],
      rows: turnEnds.pairs.map(([first, second]) => [
        nameOfPair(first.name, second.name),
        ...first.latencyAtCutOffs.map(({ point }, index) => {
          return `${decimals(point?.latencyMs, 0)} → ${decimals(second.latencyAtCutOffs[index]?.point?.latencyMs, 0)}`
        }),
      ]),
    },
    {
      title: 'Talking over the agent, per cent',
      columns: ['', 'backchannels that stop it', 'interruptions missed'],
      rows: overlaps.pairs.map(([first, second]) => [
        nameOfPair(first.name, second.name),
        fromTo(first.backchannelsStopped, second.backchannelsStopped),
        fromTo(first.interruptionsMissed, second.interruptionsMissed),
      ]),
    },
  ]
  const unpaired = [turnEnds, overlaps].flatMap(({ onlyBefore, onlyAfter }) => {
    return onlyInOne<{ readonly name: string }>(onlyBefore, onlyAfter, ({ name }) => name)
  })
  return { tables, unpaired }
}

function compareLatency(before: LatencyResult, after: LatencyResult): Comparison {
  const { pairs, onlyBefore, onlyAfter } = pairUp(
    before.systems,
    after.systems,
    ({ name }) => name,
    ({ role, spinning }) => `${role} ${spinning}`,
  )
  const tables = [
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
  return { tables, unpaired: onlyInOne(onlyBefore, onlyAfter, ({ name }) => name) }
}

function onlyInOne<Item>(
  onlyBefore: readonly Item[],
  onlyAfter: readonly Item[],
  nameOf: (item: Item) => string,
): Comparison['unpaired'] {
  return [
    ...onlyBefore.map((item) => [nameOf(item), 'only in the first result'] as const),
    ...onlyAfter.map((item) => [nameOf(item), 'only in the second result'] as const),
  ]
}

function nameOfPair(before: string, after: string): string {
  return before === after ? before : `${before} → ${after}`
}

function fromTo(before: number | null, after: number | null): string {
  return `${percent(before)} → ${percent(after)}`
}
