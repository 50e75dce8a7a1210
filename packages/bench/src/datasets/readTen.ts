import { basename } from 'node:path'
import { type Action, isRecord, type Message } from '@turnwise/core'
import type { BenchmarkRow } from './dataset.js'
import { readPublished, readTenTexts, TEN_LABELS } from './publishedTexts.js'
import { assertCount, unexpectedType, unexpectedValue } from './rowError.js'

type Label = (typeof TEN_LABELS)[number]

interface TenLine {
  readonly row: number
  readonly text: string
  readonly label: Label
}

/** What a speaking agent has said so far, when TEN's `wait` lines are said over it; ours, in no corpus. */
const CUT_OFF_SENTENCES = [
  'The engineer can be with you on Wednesday between nine and',
  'Before I put you through, I just need to tell you that calls are',
  'Your parcel left the depot this morning, so it should',
  'To reset the router, press the small button on the back and hold it for',
  'We have two rooms free that weekend, one with a view of the',
] as const

/** The rows of TEN's English test lines. */
export interface TenRows {
  /** Finished and unfinished lines, each a user's message without context: 428. */
  readonly lines: readonly BenchmarkRow[]
  /** The 100 lines that tell the agent to wait, over each of {@link CUT_OFF_SENTENCES}: it should stop. */
  readonly waitSpeaking: readonly BenchmarkRow[]
  /** The same to a silent agent: it should go on listening. */
  readonly waitSilent: readonly BenchmarkRow[]
}

/** How many lines there are. */
export interface TenCounts {
  readonly finishedOrNot: number
  readonly wait: number
}

/** How many the publisher has. */
const TEN_COUNTS: TenCounts = { finishedOrNot: 428, wait: 100 }

/**
 * TEN's lines as JSON lines `{"text", "label"}`, or the folder of them as it is published.
 *
 * @throws TurnwiseError DATASET_NOT_FOUND, INVALID_DATASET
 */
export async function readTen(path: string, counts: TenCounts = TEN_COUNTS): Promise<TenRows> {
  const file = basename(path)
  const lines = (await readPublished(path, readTenTexts)).map(({ row, value }) => readLine(value, file, row))
  const finishedOrNot = lines.filter(({ label }) => label !== 'wait')
  const wait = lines.filter(({ label }) => label === 'wait')
  assertCount(file, 'finished and unfinished lines', finishedOrNot.length, counts.finishedOrNot)
  assertCount(file, 'lines that say wait', wait.length, counts.wait)
  return {
    lines: finishedOrNot.map((line) =>
      rowOf(line, line.label === 'finished' ? 'start_speaking' : 'continue_listening'),
    ),
    waitSpeaking: wait.flatMap((line) =>
      CUT_OFF_SENTENCES.map((content, index) => rowOf(line, 'start_listening', { role: 'assistant', content }, index)),
    ),
    waitSilent: wait.map((line) => rowOf(line, 'continue_listening')),
  }
}

function readLine(value: unknown, file: string, row: number): TenLine {
  const { text, label } = isRecord(value) ? value : {}
  if (typeof text !== 'string') throw unexpectedType({ file, row, column: 'text' }, text, 'a text')
  const known = TEN_LABELS.find((each) => each === label)
  if (known === undefined) throw unexpectedValue({ file, row, column: 'label' }, label, TEN_LABELS.join(', '))
  return { row, text, label: known }
}

function rowOf({ row, text }: TenLine, action: Action, said?: Message, index?: number): BenchmarkRow {
  const heard: Message = { role: 'user', content: text }
  return said === undefined
    ? { id: `${row}`, messages: [heard], action }
    : { id: `${row}.${(index ?? 0) + 1}`, messages: [said, heard], action, cluster: `${row}` }
}
