import { basename } from 'node:path'
import { type Action, isRecord, type Message } from '@turnwise/core'
import type { BenchmarkRow } from './dataset.js'
import { readAllLines } from './readLines.js'
import { assertCount, unexpectedType } from './rowError.js'
import { uniqueIds } from './uniqueIds.js'

/**
 * Which utterances are labelled start_speaking; the published labels are not known.
 *
 * `yields`: the next utterance that is no backchannel is the other speaker's, or there is none. `complete`: the
 * transcriber closed the sentence, the text ends in ".", "?" or "!"; the user's text is shown without its last mark
 * then, since the label could be read from it.
 */
const SWITCHBOARD_RULES = ['yields', 'complete'] as const
export type SwitchboardRule = (typeof SWITCHBOARD_RULES)[number]

/** How many rows there are. */
export interface SwitchboardCounts {
  readonly all: number
  readonly noBackchannels: number
}

/** Those of the copy at hand: 834 backchannels, where the published set has 835. */
const SWITCHBOARD_COUNTS: SwitchboardCounts = { all: 3522, noBackchannels: 2688 }

const BACKCHANNELS = new Set(['b', 'bh', 'bk', 'b^m'])
const LEFT_OUT = new Set(['%', 'aa'])

interface Utterance {
  readonly speaker: string
  readonly text: string
  readonly tag: string
}

/**
 * Switchboard's dialogue acts as JSON lines `{"id", "turns": [{"speaker", "text", "tag"}]}`: every published utterance,
 * with the other speaker's last one as its context.
 *
 * @throws TurnwiseError DATASET_NOT_FOUND, INVALID_DATASET
 */
export async function readSwitchboard(
  path: string,
  rule: SwitchboardRule,
  counts: SwitchboardCounts = SWITCHBOARD_COUNTS,
): Promise<BenchmarkRow[]> {
  const file = basename(path)
  const checkId = uniqueIds(file)
  const rows: BenchmarkRow[] = []
  for (const { row, value } of await readAllLines(path)) {
    const dialogue = readDialogue(value, file, row)
    checkId(dialogue.id, row)
    rows.push(...labelDialogue(dialogue, rule))
  }
  const noBackchannels = rows.filter(({ action }) => action !== 'continue_speaking').length
  assertCount(file, 'utterances that are published', rows.length, counts.all)
  assertCount(file, 'of them that are no backchannels', noBackchannels, counts.noBackchannels)
  return rows
}

interface Dialogue {
  readonly id: string
  readonly turns: readonly Utterance[]
}

function readDialogue(value: unknown, file: string, row: number): Dialogue {
  const { id, turns } = isRecord(value) ? value : {}
  if (typeof id !== 'string') throw unexpectedType({ file, row, column: 'id' }, id, 'a text')
  if (!Array.isArray(turns)) throw unexpectedType({ file, row, column: 'turns' }, turns, 'an array')
  return { id, turns: turns.map((turn, index) => readUtterance(turn, file, row, index)) }
}

function readUtterance(turn: unknown, file: string, row: number, index: number): Utterance {
  const { speaker, text, tag } = isRecord(turn) ? turn : {}
  if (typeof speaker === 'string' && typeof text === 'string' && typeof tag === 'string') return { speaker, text, tag }
  throw unexpectedType({ file, row, column: `turns[${index}]` }, turn, 'an object with the texts speaker, text and tag')
}

function labelDialogue({ id, turns }: Dialogue, rule: SwitchboardRule): BenchmarkRow[] {
  return turns.flatMap((turn, index) => {
    if (LEFT_OUT.has(turn.tag)) return []
    const before = turns.slice(0, index).findLast(({ speaker }) => speaker !== turn.speaker)
    const said: Message[] = before === undefined ? [] : [{ role: 'assistant', content: before.text }]
    const content = rule === 'yields' ? turn.text : withoutEndMark(turn.text)
    return [{ id: `${id}.${index}`, messages: [...said, { role: 'user', content }], action: label(turns, index, rule) }]
  })
}

function label(turns: readonly Utterance[], index: number, rule: SwitchboardRule): Action {
  const { tag, text } = turns[index] ?? { tag: '', text: '' }
  if (BACKCHANNELS.has(tag)) return 'continue_speaking'
  const isFinished = rule === 'yields' ? yieldsTurn(turns, index) : closesSentence(text)
  return isFinished ? 'start_speaking' : 'continue_listening'
}

function yieldsTurn(turns: readonly Utterance[], index: number): boolean {
  const following = turns.slice(index + 1).find(({ tag }) => !BACKCHANNELS.has(tag))
  return following === undefined || following.speaker !== turns[index]?.speaker
}

function closesSentence(text: string): boolean {
  const bare = text.replace(/[ '"]+$/, '')
  return /[.?!]$/.test(bare) && !bare.endsWith('..')
}

function withoutEndMark(text: string): string {
  return text.replace(/[ '".,?!]+$/, '') || text
}
