import { basename } from 'node:path'
import { type CancelSignal, POLICIES, type PolicyName, TurnwiseError } from '@turnwise/core'
import type { RunProgress } from '../accuracy/runAccuracy.js'
import { invalidData } from '../datasets/rowError.js'
import { DEFAULT_STREAMING } from '../defaults.js'
import type { BootstrapOptions } from '../metrics/bootstrap.js'
import { createRandom } from '../metrics/random.js'
import { createHeader } from '../results/resultHeader.js'
import { answerRows } from '../systems/answerRows.js'
import type { AnswerStore } from '../systems/answerStore.js'
import type { BenchmarkSystem } from '../systems/system.js'
import { MAX_SILENCE_MS, type Moment, momentsOf } from './floor.js'
import { type Overlap, overlapsOf } from './overlaps.js'
import { type MeetingFiles, readMeetings } from './readMeetings.js'
import { type JudgedOverlap, overlapIntervals, scoreOverlaps } from './scoreOverlaps.js'
import { scorePaced, scorePolicies, scoreSilenceOnly, scoreTables, scoreTurnEnds } from './scoreTurnEnds.js'
import type { JudgedSilence } from './setting.js'
import { STOP_RULES, type StopRule, stopAtThreshold, stopByPolicy } from './stopRules.js'
import type { OverlapResult, PolicyPoint, StreamingResult, TurnEndResult } from './streamingResult.js'

/** What {@link runStreaming} is told. */
export interface StreamingOptions {
  readonly files: MeetingFiles
  /** They are measured one after the other, and are the caller's to close. */
  readonly systems: readonly BenchmarkSystem[]
  readonly store: AnswerStore
  readonly lagMs: number
  readonly seed: number
  /** At most so many holds, ends, backchannels and interruptions, drawn by the seed. Default: all. */
  readonly limit?: number | undefined
  /** Drawings of the bootstrap. Default: that of {@link DEFAULT_STREAMING}. */
  readonly resamples?: number | undefined
  readonly signal?: CancelSignal | undefined
  readonly onProgress?: ((progress: RunProgress) => void) | undefined
}

const STOP_THRESHOLDS = Array.from({ length: 39 }, (_, index) => Number((0.025 * (index + 1)).toFixed(3)))
const DEFAULT_THRESHOLD = 0.5

/**
 * Plays conversations by the times of their words: how long an agent would have waited at each silence, and what would
 * have stopped it.
 *
 * @throws TurnwiseError INVALID_OPTION, DATASET_NOT_FOUND, INVALID_DATASET, ABORTED, OUTPUT_UNWRITABLE, and those of the systems
 */
export async function runStreaming(options: StreamingOptions): Promise<StreamingResult> {
  const { files, systems, lagMs, seed, limit, resamples = DEFAULT_STREAMING.resamples } = options
  if (lagMs > MAX_SILENCE_MS) {
    const problem = `The lag is ${lagMs} ms, expected at most ${MAX_SILENCE_MS}: no longer silence is measured.`
    throw new TurnwiseError('INVALID_OPTION', problem, { value: lagMs })
  }
  const header = createHeader('streaming', seed)
  const meetings = await readMeetings(files)
  const allMoments = meetings.flatMap(momentsOf)
  const allOverlaps = meetings.flatMap((meeting) => overlapsOf(meeting, lagMs))
  const found = countKinds(allMoments, allOverlaps)
  assertMeasurable(found, files)
  const moments = sampleKinds(allMoments, limit, seed)
  const overlaps = sampleKinds(allOverlaps, limit, seed)
  const bootstrap = { seed, resamples }
  const scoring = { lagMs, bootstrap }
  const unjudged = moments.map((moment) => ({ ...moment, turnProbability: 0 }))
  const turnEnds: TurnEndResult[] = [scoreSilenceOnly(unjudged, scoring)]
  const policies: PolicyPoint[] = []
  const overlapResults = Object.entries(STOP_RULES).map(([name, rule]) => {
    return overlapResult({ name, system: null, curve: [] }, rule, withTexts(overlaps), bootstrap)
  })
  for (const system of systems) {
    const { facts } = system
    const silences = await judgeMoments(system, moments, options)
    turnEnds.push(scoreTurnEnds(facts, silences, scoring))
    // Rules on the end of a turn say nothing of who speaks over an agent.
    if (facts.kind === 'rule' || facts.kind === 'base') continue
    turnEnds.push(scorePaced(facts, silences, scoring), scoreTables(facts, silences, scoring))
    policies.push(...scorePolicies(facts, silences, scoring))
    overlapResults.push(...systemResults(system, await judgeOverlaps(system, overlaps, options), bootstrap))
  }
  return {
    ...header,
    conversations: meetings.map(({ id }) => id),
    resamples,
    lagMs,
    ...countKinds(moments, overlaps),
    found,
    turnEnds,
    policies,
    overlaps: overlapResults,
  }
}

async function judgeMoments(
  system: BenchmarkSystem,
  moments: readonly Moment[],
  options: StreamingOptions,
): Promise<JudgedSilence[]> {
  const rows = moments.map(({ messages }) => ({ messages, agentSpeaking: false }))
  const answers = await answerRows(system, rows, answering(system, 'silences', options))
  return moments.map(({ meeting, kind, silenceMs, pace }, index) => {
    const { turnProbability = 0, yielded } = answers[index] ?? {}
    return { meeting, kind, silenceMs, turnProbability, pace: { ...pace, yielded } }
  })
}

async function judgeOverlaps(
  system: BenchmarkSystem,
  overlaps: readonly Overlap[],
  options: StreamingOptions,
): Promise<JudgedOverlap[]> {
  const rows = overlaps.flatMap(({ steps }) => steps.map(({ messages }) => ({ messages, agentSpeaking: true })))
  const answers = await answerRows(system, rows, answering(system, 'overlaps', options))
  let place = 0
  return withTexts(overlaps).map(({ meeting, kind, steps }) => ({
    meeting,
    kind,
    steps: steps.map((step) => {
      const turnProbability = answers[place]?.turnProbability ?? 0
      place += 1
      return { ...step, turnProbability }
    }),
  }))
}

function answering({ facts }: BenchmarkSystem, set: string, { store, signal, onProgress }: StreamingOptions) {
  const report = (done: number, total: number) => onProgress?.({ system: facts.name, set, done, total })
  return { store, signal, onProgress: report }
}

function withTexts(overlaps: readonly Overlap[]): JudgedOverlap[] {
  return overlaps.map(({ meeting, kind, steps }) => ({
    meeting,
    kind,
    steps: steps.map(({ messages, words, heardMs }) => {
      return { words, heardMs, text: messages.at(-1)?.content ?? '', turnProbability: 0 }
    }),
  }))
}

function overlapResult(
  head: Pick<OverlapResult, 'name' | 'system' | 'curve'>,
  rule: StopRule,
  overlaps: readonly JudgedOverlap[],
  bootstrap: BootstrapOptions,
): OverlapResult {
  return { ...head, ...scoreOverlaps(overlaps, rule), intervals: overlapIntervals(overlaps, rule, bootstrap) }
}

function systemResults(
  { facts: system }: BenchmarkSystem,
  overlaps: readonly JudgedOverlap[],
  bootstrap: BootstrapOptions,
): OverlapResult[] {
  const curve = STOP_THRESHOLDS.map((threshold) => ({
    threshold,
    ...scoreOverlaps(overlaps, stopAtThreshold(threshold)),
  }))
  const plain = { name: `${system.name}, from ${DEFAULT_THRESHOLD}`, system, curve }
  const byPolicy = (Object.keys(POLICIES) as PolicyName[]).map((policy) => {
    const head = { name: `${system.name}, policy ${policy}`, system, curve: [] }
    return overlapResult(head, stopByPolicy(POLICIES[policy]), overlaps, bootstrap)
  })
  return [overlapResult(plain, stopAtThreshold(DEFAULT_THRESHOLD), overlaps, bootstrap), ...byPolicy]
}

function countKinds(moments: readonly Moment[], overlaps: readonly Overlap[]): StreamingResult['found'] {
  const count = (of: readonly { kind: string }[], wanted: string) => of.filter(({ kind }) => kind === wanted).length
  return {
    holds: count(moments, 'hold'),
    ends: count(moments, 'end'),
    backchannels: count(overlaps, 'backchannel'),
    interruptions: count(overlaps, 'interruption'),
  }
}

/** Without holds nothing is ever cut off, without ends nothing is late: the figures would be perfect. */
function assertMeasurable({ holds, ends }: StreamingResult['found'], { units }: MeetingFiles): void {
  if (holds > 0 && ends > 0) return
  const problem =
    `holds: ${holds}, ends of turns: ${ends}, expected some of each: silences of up to 5 s between words, after which ` +
    'the same speaker goes on or another one answers, times in seconds.'
  throw invalidData({ file: basename(units) }, problem)
}

/** At most so many of each kind, drawn by the seed, in their order. */
function sampleKinds<Item extends { readonly kind: string }>(
  items: readonly Item[],
  limit: number | undefined,
  seed: number,
): readonly Item[] {
  if (limit === undefined) return items
  const random = createRandom(seed)
  const drawn = items.map((item) => ({ item, draw: random() }))
  const kinds = new Set(items.map(({ kind }) => kind))
  const kept = [...kinds].flatMap((kind) => {
    const ofKind = drawn.filter(({ item }) => item.kind === kind)
    return ofKind.sort((left, right) => left.draw - right.draw).slice(0, limit)
  })
  const chosen = new Set(kept.map(({ item }) => item))
  return items.filter((item) => chosen.has(item))
}
