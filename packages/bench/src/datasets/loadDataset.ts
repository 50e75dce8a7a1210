import { basename, join } from 'node:path'
import { type ErrorCode, TurnwiseError } from '@turnwise/core'
import { type LocateDatasetOptions, locateDataset } from 'turnwise'
import { isFolder } from '../isFolder.js'
import type { BenchmarkRow, Dataset } from './dataset.js'
import { isOfBenchmark, PUBLISHED_BENCHMARK, type PublishedSplit, readPublishedSplit } from './publishedBenchmark.js'
import { readCases } from './readCases.js'
import { readDevelopment } from './readDevelopment.js'
import { readFourClass } from './readFourClass.js'
import { readHard } from './readHard.js'
import { readParquet } from './readParquet.js'
import { readSwitchboard } from './readSwitchboard.js'
import { readTen } from './readTen.js'

/** The sets that have a name. `turnwise bench accuracy` also takes the path of a file of JSON lines or a parquet. */
export const DATASET_NAMES = [
  'ten',
  'ten-wait-speaking',
  'ten-wait-silent',
  'swda-yields',
  'swda-complete',
  'dev',
  'hard',
  'four-class',
  'published-ten',
  'published-swda',
  'published-synthetic',
] as const
export type DatasetName = (typeof DATASET_NAMES)[number]

/** Where sets lie, and how to reach the hub. */
export interface DatasetSources extends LocateDatasetOptions {
  /** Holds eval/ten.jsonl, eval/swda.jsonl (or eval/ten, eval/swda: the folders as published) and dev/cases.jsonl. */
  readonly dataDir?: string | undefined
  /** Holds cases.jsonl or test.parquet. Default: the repository's. */
  readonly fourClassFolder?: string | undefined
  /** The published benchmark: a folder, or `owner/name` or `owner/name@revision` on the hub. Default: its own id. */
  readonly published?: string | undefined
}

interface Entry {
  readonly title: string
  readonly isQuotable?: boolean
  readonly labelsYields?: boolean
  read(sources: DatasetSources): Promise<readonly BenchmarkRow[]>
}

const SWITCHBOARD_TITLE = 'Switchboard dialogue acts, the standard test split'

const ENTRIES: Record<DatasetName, Entry> = {
  ten: {
    title: 'TEN turn detection, English, finished and unfinished lines',
    read: async (sources) => (await readTen(await inEvaluation(sources, 'ten'))).lines,
  },
  'ten-wait-speaking': {
    title: "TEN's lines that say wait, over a speaking agent",
    read: async (sources) => (await readTen(await inEvaluation(sources, 'ten'))).waitSpeaking,
  },
  'ten-wait-silent': {
    title: "TEN's lines that say wait, to a silent agent",
    read: async (sources) => (await readTen(await inEvaluation(sources, 'ten'))).waitSilent,
  },
  'swda-yields': {
    title: `${SWITCHBOARD_TITLE}; finished: the other speaker is next`,
    labelsYields: true,
    read: async (sources) => readSwitchboard(await inEvaluation(sources, 'swda'), 'yields'),
  },
  'swda-complete': {
    title: `${SWITCHBOARD_TITLE}; finished: the sentence is closed`,
    read: async (sources) => readSwitchboard(await inEvaluation(sources, 'swda'), 'complete'),
  },
  dev: {
    title: 'development set, hand-written; choices are made on it',
    read: (sources) => readDevelopment(inData(sources, 'dev', 'cases.jsonl')),
  },
  hard: {
    title: 'hard cases, written one by one by language models, benchmark/hard; choices are made on it',
    isQuotable: true,
    read: readHard,
  },
  'four-class': {
    title: 'four-class test, written one by one by a language model, benchmark/four-class',
    isQuotable: true,
    read: ({ fourClassFolder }) => readFourClass(fourClassFolder),
  },
  'published-ten': publishedEntry('ten'),
  'published-swda': publishedEntry('swda'),
  'published-synthetic': publishedEntry('synthetic'),
}

/** The name of a set that has one; undefined of anything else, such as the path of a file. */
export function datasetName(name: string): DatasetName | undefined {
  return DATASET_NAMES.find((each) => each === name)
}

/** Says what is wrong with a name that is neither that of a set nor of a file which is read as one; or undefined. */
export function unknownSet(name: string): string | undefined {
  if (datasetName(name) !== undefined || /\.(jsonl|jsonl\.gz|parquet)$/.test(name)) return undefined
  const expected = `${DATASET_NAMES.join(', ')}, or a file .jsonl, .jsonl.gz or .parquet`
  return `set ${JSON.stringify(name)} is unknown, expected ${expected}`
}

/**
 * A set by its name, or the path of a file of JSON lines (`.jsonl`, `.jsonl.gz`) or of the published form (`.parquet`).
 *
 * @throws TurnwiseError DATASET_NOT_FOUND, INVALID_DATASET, INVALID_OPTION, and what is wrong with getting it from the hub
 */
export async function loadDataset(name: string, sources: DatasetSources): Promise<Dataset> {
  const known = datasetName(name)
  if (known !== undefined) {
    const { title, isQuotable = false, labelsYields = false, read } = ENTRIES[known]
    const binaryWithoutBackchannels = known.includes('swda')
    return { name, title, isQuotable, binaryWithoutBackchannels, labelsYields, rows: await read(sources) }
  }
  const problem = unknownSet(name)
  if (problem !== undefined) throw new TurnwiseError('INVALID_OPTION', `The ${problem}.`, { value: name })
  const rows = name.endsWith('.parquet') ? await readParquet(name) : await readCases(name)
  const title = `the file ${basename(name)}`
  return { name: basename(name), title, isQuotable: false, binaryWithoutBackchannels: false, rows }
}

const NOT_AT_HAND: readonly ErrorCode[] = [
  'DATASET_NOT_FOUND',
  'OFFLINE',
  'HUB_UNREACHABLE',
  'HUB_NOT_FOUND',
  'HUB_ACCESS_DENIED',
  'HUB_FAILED',
  'DOWNLOAD_INCOMPLETE',
]

/** Whether an error says that a set is not at hand. What is there and wrong is worse. */
export function isNotAtHand(error: unknown): error is TurnwiseError {
  return error instanceof TurnwiseError && NOT_AT_HAND.includes(error.code)
}

function publishedEntry(split: PublishedSplit): Entry {
  return {
    title: `published benchmark ${PUBLISHED_BENCHMARK}, split ${split}`,
    read: async (sources) => readPublishedSplit(await publishedFolder(sources), split),
  }
}

async function publishedFolder(sources: DatasetSources): Promise<string> {
  const { published = PUBLISHED_BENCHMARK } = sources
  // As for models: what is both a folder and an id is the folder.
  if ((await isFolder(published)) || !/^\w[\w.-]*\/\w[\w.-]*(@.+)?$/.test(published)) return published
  return locateDataset(published, isOfBenchmark, sources)
}

/**
 * A publisher's folder where there is one, else the file of JSON lines.
 *
 * @throws TurnwiseError DATASET_NOT_FOUND
 */
async function inEvaluation(sources: DatasetSources, name: string): Promise<string> {
  const folder = inData(sources, 'eval', name)
  return (await isFolder(folder)) ? folder : `${folder}.jsonl`
}

/** @throws TurnwiseError DATASET_NOT_FOUND */
function inData({ dataDir }: DatasetSources, ...parts: readonly string[]): string {
  if (dataDir !== undefined) return join(dataDir, ...parts)
  const problem = `No folder of data is named, and this set is ${parts.join('/')} in it.`
  throw new TurnwiseError('DATASET_NOT_FOUND', problem, { value: parts.at(-1) })
}
