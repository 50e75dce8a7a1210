import { join } from 'node:path'
import type { MeetingFiles, StreamingResult } from '@turnwise/bench'
import { DEFAULT_STREAMING } from '@turnwise/bench/defaults'
import type { Command } from 'commander'
import type { App } from '../app.js'
import {
  type AskingOptions,
  addDataOption,
  addFreshOption,
  addRunOptions,
  addSystemOptions,
  parseCount,
  parsePositive,
} from '../benchOptions.js'
import { percent, renderTable } from '../render/textTable.js'
import { write } from '../terminal.js'
import { measureSystems } from './benchMeasure.js'

/** What the command is told. */
export interface StreamingCommandOptions extends AskingOptions {
  readonly dataDir?: string
  readonly units?: string
  readonly words?: string
  readonly allConversations?: true
  readonly lagMs: number
  readonly limit?: number
}

const DETAILS = `
Plays conversations by the times of their words. At each silence: had the agent
waited so long, would it have cut the speaker off, or answered late? At each
word over the agent: would it have stopped? docs/bench.md has the definitions.

Examples:
  $ turnwise bench streaming --data-dir ../shared/data
  $ turnwise bench streaming --units u.jsonl --words w.jsonl --all-conversations`

export function addBenchStreamingCommand(bench: Command, app: App): void {
  const command = bench
    .command('streaming')
    .summary('cut-offs against latency, and talking over the agent')
    .description('Plays conversations word by word: cut-offs against latency, and what stops the agent.')
    .option('--units <file>', 'units of the conversations (default: train/mrda.jsonl.gz of the data)')
    .option('--words <file>', 'times of their words (default: train/mrda_words.jsonl.gz)')
    .option('--all-conversations', 'also those that are not for testing')
    .option('--lag-ms <ms>', "from a word's end to its transcript", parseCount, DEFAULT_STREAMING.lagMs)
    .option('--limit <count>', 'at most so many of each kind, drawn by the seed', parsePositive)
    .addHelpText('after', DETAILS)
  addRunOptions(addDataOption(addSystemOptions(addFreshOption(command))), 'results/streaming.json')
  command.action((options: StreamingCommandOptions) => {
    const files = meetingFilesOf(options)
    if (files === undefined) return command.error('error: no conversations: give --data-dir, or --units and --words')
    return runStreamingCommand(app, files, options)
  })
}

/** The files that are named, or those of the data; undefined if neither is. */
export function meetingFilesOf(
  options: Pick<StreamingCommandOptions, 'dataDir' | 'units' | 'words' | 'allConversations'>,
): MeetingFiles | undefined {
  const { dataDir, units = inData(dataDir, 'mrda'), words = inData(dataDir, 'mrda_words') } = options
  if (units === undefined || words === undefined) return undefined
  return { units, words, onlyTest: options.allConversations !== true }
}

function inData(dataDir: string | undefined, name: string): string | undefined {
  return dataDir === undefined ? undefined : join(dataDir, 'train', `${name}.jsonl.gz`)
}

/** Measures, writes the result and shows its main figures. */
export async function runStreamingCommand(
  app: App,
  files: MeetingFiles,
  options: StreamingCommandOptions,
): Promise<void> {
  const bench = await import('@turnwise/bench')
  const { seed, limit, lagMs, out } = options
  const result = await measureSystems(app, options, (asking) => {
    return bench.runStreaming({ files, seed, limit, lagMs, ...asking })
  })
  await write(app.terminal.output, renderTurnEnds(result) + renderOverlaps(result))
  await write(app.terminal.errors, `The result is in ${out}.\n`)
}

function renderTurnEnds({ holds, ends, turnEnds }: StreamingResult): string {
  const [first] = turnEnds
  const budgets = [
    ...(first?.cutOffsAtLatency.map(({ budget }) => `cut off at ${budget} ms`) ?? []),
    ...(first?.latencyAtCutOffs.map(({ budget }) => `ms at ${percent(budget)}%`) ?? []),
  ]
  const lines = turnEnds.map(({ name, cutOffsAtLatency, latencyAtCutOffs }) => [
    name,
    ...cutOffsAtLatency.map(({ point }) => percent(point?.cutOffRate ?? null)),
    ...latencyAtCutOffs.map(({ point }) => (point === null ? '–' : point.latencyMs.toFixed(0))),
  ])
  return `${renderTable([[`${holds} holds, ${ends} ends`, ...budgets], ...lines])}\n`
}

function renderOverlaps({ backchannels, interruptions, overlaps }: StreamingResult): string {
  const head = [`${backchannels} backchannels, ${interruptions} interruptions`, 'stopped', 'missed', 'words', 'ms']
  const lines = overlaps.map(({ name, backchannelsStopped, interruptionsMissed, wordsUntilStop, msUntilStop }) => [
    name,
    percent(backchannelsStopped),
    percent(interruptionsMissed),
    wordsUntilStop?.toFixed(1) ?? '–',
    msUntilStop?.toFixed(0) ?? '–',
  ])
  return renderTable([head, ...lines])
}
