import { basename } from 'node:path'
import { type Action, isRecord, type Message } from '@turnwise/core'
import type { BenchmarkRow } from './dataset.js'
import { readPublished, readSwitchboardTexts } from './publishedTexts.js'
import { assertCount, unexpectedType } from './rowError.js'
import { uniqueIds } from './uniqueIds.js'

/**
 * Which utterances are labelled start_speaking; the published labels are not known.
 *
 * `yields`: the next utterance that is no backchannel is the other speaker's, or there is none. Who speaks next depends on
 * the whole turn, so the user's text is all of it so far. `complete`: the transcriber closed the sentence, the text ends in
 * ".", "?" or "!"; the user's text is that sentence, shown without its last mark, since the label could be read from it.
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

/** Of a long turn, as many as of word-timed conversations (streaming/floor.ts). */
const MAX_TURN_WORDS = 60

interface Utterance {
  readonly speaker: string
  readonly text: string
  readonly tag: string
}

/**
 * Switchboard's dialogue acts as JSON lines `{"id", "turns": [{"speaker", "text", "tag"}]}`: every published utterance,
 * after the last one of the other speaker. Or the folder of them as it is published.
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
  for (const { row, value } of await readPublished(path, readSwitchboardTexts)) {
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
    const isOfTurn = rule === 'yields' && !BACKCHANNELS.has(turn.tag)
    // Backchannels interrupt no turn.
    const heard = turns.slice(0, index).filter(({ tag }) => !isOfTurn || !BACKCHANNELS.has(tag))
    const floor = heard.findLastIndex(({ speaker }) => speaker !== turn.speaker)
    const said: Message[] = floor === -1 ? [] : [{ role: 'assistant', content: heard[floor]?.text ?? '' }]
    const content = isOfTurn ? lastWords([...heard.slice(floor + 1), turn]) : textOf(turn, rule)
    const messages: Message[] = [...said, { role: 'user', content }]
    return [{ id: `${id}.${index}`, messages, action: label(turns, index, rule), cluster: id }]
  })
}

function lastWords(turn: readonly Utterance[]): string {
  const words = turn.flatMap(({ text }) => text.split(/\s+/))
  return words.slice(-MAX_TURN_WORDS).join(' ')
}

function textOf({ text }: Utterance, rule: SwitchboardRule): string {
  return rule === 'complete' ? withoutEndMark(text) : text
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
