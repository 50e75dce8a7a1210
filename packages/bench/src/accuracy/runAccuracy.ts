import { createHash } from 'node:crypto'
import { ACTIONS, type CancelSignal, TurnwiseError } from '@turnwise/core'
import { type Dataset, isAgentSpeaking } from '../datasets/dataset.js'
import { type DatasetSources, datasetName, isNotAtHand, loadDataset } from '../datasets/loadDataset.js'
import { createRandom } from '../metrics/random.js'
import { createHeader } from '../results/resultHeader.js'
import { answerRows } from '../systems/answerRows.js'
import type { AnswerStore } from '../systems/answerStore.js'
import { answersByYield } from '../systems/answersByYield.js'
import type { BenchmarkSystem } from '../systems/system.js'
import { withOwnNames } from '../withOwnNames.js'
import type { AccuracyResult, SetResult, SystemSetResult } from './accuracyResult.js'
import { clusterNumbers, formatClusters } from './clusters.js'
import { majorityOf, scoreSystem } from './scoreSet.js'

/** How far a run is. */
export interface RunProgress {
  readonly system: string
  readonly set: string
  readonly done: number
  readonly total: number
}

/** What {@link runAccuracy} is told. */
export interface AccuracyOptions {
  readonly sets: readonly string[]
  readonly sources: DatasetSources
  /** They are measured one after the other, and are the caller's to close. */
  readonly systems: readonly BenchmarkSystem[]
  readonly store: AnswerStore
  readonly seed: number
  /** Drawings of the bootstrap. */
  readonly resamples: number
  /** At most so many rows of a set, drawn by the seed. Default: all. */
  readonly limit?: number | undefined
  readonly worst: number
  readonly quote: boolean
  readonly signal?: CancelSignal | undefined
  readonly onProgress?: ((progress: RunProgress) => void) | undefined
}

/**
 * Measures every system on every set. Sets with a name that are not at hand are left out, and the result says so.
 *
 * @throws TurnwiseError INVALID_DATASET, INVALID_OPTION, ABORTED, OUTPUT_UNWRITABLE, and those of the systems;
 *   DATASET_NOT_FOUND if a file is not there or no set is at hand, or why the only one is not
 */
export async function runAccuracy(options: AccuracyOptions): Promise<AccuracyResult> {
  const header = createHeader('accuracy', options.seed)
  // All of them first: a wrong row in the last one is known before anything is asked.
  const { loaded, missing } = await loadSets(options)
  const sets: SetResult[] = []
  for (const whole of withOwnNames(loaded)) sets.push(await runSet(whole, options))
  // The message may name a folder of this machine.
  const skipped = missing.map(({ name, error }) => ({ name, reason: error.code }))
  return { ...header, resamples: options.resamples, sets, skipped }
}

interface MissingSet {
  readonly name: string
  readonly error: TurnwiseError
}

/**
 * The sets, and those that are not at hand, which files always must be.
 *
 * @throws TurnwiseError INVALID_DATASET, INVALID_OPTION, and as {@link runAccuracy} what is wrong with getting them
 */
async function loadSets(options: AccuracyOptions): Promise<{ loaded: Dataset[]; missing: MissingSet[] }> {
  const loaded: Dataset[] = []
  const missing: MissingSet[] = []
  let { sources } = options
  for (const name of options.sets) {
    try {
      loaded.push(await loadDataset(name, sources))
    } catch (error) {
      if (!isNotAtHand(error) || datasetName(name) === undefined) throw error
      // The next set of the hub would be waited for as long.
      if (error.code === 'HUB_UNREACHABLE') sources = { ...sources, offline: true }
      missing.push({ name, error })
    }
  }
  if (loaded.length === 0) throw noneAtHand(missing)
  return { loaded, missing }
}

function noneAtHand(missing: readonly MissingSet[]): TurnwiseError {
  const [first, ...others] = missing
  if (first !== undefined && others.length === 0) return first.error
  const reasons = missing.map(({ name, error }) => `${name} (${error.code})`)
  return new TurnwiseError('DATASET_NOT_FOUND', `None of the sets is at hand: ${reasons.join(', ')}.`, {
    value: missing.map(({ name }) => name),
  })
}

async function runSet(whole: Dataset, options: AccuracyOptions): Promise<SetResult> {
  const { systems, store, signal, onProgress, seed, resamples, worst, quote } = options
  const set = { ...whole, rows: sample(whole.rows, options.limit, seed) }
  const asked = set.rows.map((row) => ({ messages: row.messages, agentSpeaking: isAgentSpeaking(row) }))
  const results: SystemSetResult[] = []
  for (const system of systems) {
    const { name } = system.facts
    const report = (done: number, total: number) => onProgress?.({ system: name, set: set.name, done, total })
    const answers = await answerRows(system, asked, { store, signal, onProgress: report })
    const scoring = { bootstrap: { seed, resamples }, worst, quote }
    results.push(scoreSystem(set, system.facts, answers, scoring))
    const byYield = set.labelsYields === true ? answersByYield(system.facts, answers) : undefined
    if (byYield !== undefined) results.push(scoreSystem(set, byYield.facts, byYield.answers, scoring))
  }
  return {
    name: set.name,
    title: set.title,
    rows: set.rows.length,
    rowsOfSet: whole.rows.length,
    sha256: digestOf(set),
    binaryWithoutBackchannels: set.binaryWithoutBackchannels,
    expected: set.rows.map(({ action }) => ACTIONS.indexOf(action)).join(''),
    clusters: formatClusters(clusterNumbers(set.rows)),
    majority: majorityOf(set),
    systems: results,
  }
}

/** At most so many rows, drawn without replacement, in their order. */
function sample<Row>(rows: readonly Row[], limit: number | undefined, seed: number): readonly Row[] {
  if (limit === undefined || limit >= rows.length) return rows
  const random = createRandom(seed)
  const draws = rows.map((_, index) => ({ index, draw: random() }))
  const kept = draws.sort((left, right) => left.draw - right.draw).slice(0, limit)
  return kept.sort((left, right) => left.index - right.index).flatMap(({ index }) => rows.slice(index, index + 1))
}

/** The SHA-256 of the rows as JSON lines: [[role, content], …] and the action. */
function digestOf({ rows }: Dataset): string {
  const hash = createHash('sha256')
  for (const { messages, action } of rows) {
    hash.update(`${JSON.stringify([messages.map(({ role, content }) => [role, content]), action])}\n`)
  }
  return hash.digest('hex')
}
