import { basename } from 'node:path'
import { isRecord } from '@turnwise/core'
import { readJsonLines } from '../datasets/readLines.js'
import { invalidData, type Place, quoteName, unexpectedType } from '../datasets/rowError.js'
import { uniqueIds } from '../datasets/uniqueIds.js'
import { isTestMeeting, type Meeting, startOf, type TimedWord, type Unit } from './meeting.js'

/** A longer word has its times in something else than seconds. */
const MAX_WORD_SECONDS = 60

/** The files of word-timed conversations, both JSON lines, perhaps compressed; docs/bench.md has the form. */
export interface MeetingFiles {
  /** `{"id", "turns": [{"uid", "speaker", "tags": […]}]}` */
  readonly units: string
  /** `{"id", "words": {uid: [[start, end, word], …]}}`, in seconds */
  readonly words: string
  /** Whether to read only those for testing. */
  readonly onlyTest: boolean
}

/**
 * Conversations with the times of their words, by their ids.
 *
 * @throws TurnwiseError DATASET_NOT_FOUND, INVALID_DATASET
 */
export async function readMeetings({ units, words, onlyTest }: MeetingFiles): Promise<Meeting[]> {
  const wanted = (id: string) => !onlyTest || isTestMeeting(id)
  const wordsFile = basename(words)
  const checkWordsId = uniqueIds(wordsFile)
  const wordsOf = new Map<string, Map<string, TimedWord[]>>()
  for await (const { row, value } of readJsonLines(words)) {
    const place = { file: wordsFile, row }
    const id = readId(value, place)
    checkWordsId(id, row)
    if (wanted(id)) wordsOf.set(id, readWords(isRecord(value) ? value.words : undefined, place))
  }
  const unitsFile = basename(units)
  const checkUnitsId = uniqueIds(unitsFile)
  const meetings: Meeting[] = []
  for await (const { row, value } of readJsonLines(units)) {
    const place = { file: unitsFile, row }
    const id = readId(value, place)
    checkUnitsId(id, row)
    if (!wanted(id)) continue
    const timed = wordsOf.get(id)
    if (timed === undefined) {
      throw invalidData(
        { ...place, column: 'id' },
        `${wordsFile} has no words of ${quoteName(id)}, expected those of every one.`,
        quoteName(id),
      )
    }
    meetings.push({ id, units: readUnits(isRecord(value) ? value.turns : undefined, timed, place) })
  }
  if (meetings.length === 0) {
    const problem = onlyTest
      ? 'it has no conversation for testing, which a fifth are by the hashes of their ids: --all-conversations plays all.'
      : 'it has no conversation, expected one.'
    throw invalidData({ file: unitsFile }, problem)
  }
  return meetings.sort((left, right) => (left.id < right.id ? -1 : 1))
}

function readId(value: unknown, place: Place): string {
  const id = isRecord(value) ? value.id : undefined
  if (typeof id === 'string') return id
  throw unexpectedType({ ...place, column: 'id' }, id, 'a text')
}

function readWords(value: unknown, place: Place): Map<string, TimedWord[]> {
  if (!isRecord(value)) throw unexpectedType({ ...place, column: 'words' }, value, 'an object of lists by uid')
  return new Map(
    Object.entries(value).map(([uid, words]) => {
      const column = `words[${quoteName(uid)}]`
      if (!Array.isArray(words)) throw unexpectedType({ ...place, column }, words, 'a list of [start, end, word]')
      return [uid, (words as unknown[]).map((word) => readWord(word, { ...place, column }))]
    }),
  )
}

function readWord(value: unknown, place: Place): TimedWord {
  const [start, end, text]: unknown[] = Array.isArray(value) ? value : []
  const isRight = typeof start === 'number' && typeof end === 'number' && typeof text === 'string'
  if (!isRight) throw unexpectedType(place, value, 'a word as [start, end, word], in seconds')
  if (end < start) throw invalidData(place, `a word ends at ${end} s, before it begins at ${start} s.`, end)
  if (end - start > MAX_WORD_SECONDS) {
    throw invalidData(place, `a word lasts from ${start} to ${end} s, expected times in seconds.`, end)
  }
  return { startMs: 1000 * start, endMs: 1000 * end, text }
}

function readUnits(value: unknown, words: ReadonlyMap<string, TimedWord[]>, place: Place): Unit[] {
  if (!Array.isArray(value)) throw unexpectedType({ ...place, column: 'turns' }, value, 'an array')
  const units = (value as unknown[]).map((turn, index) => {
    const { uid, speaker, tags } = isRecord(turn) ? turn : {}
    const column = `turns[${index}]`
    if (typeof uid !== 'string' || typeof speaker !== 'string' || !Array.isArray(tags)) {
      throw unexpectedType({ ...place, column }, turn, 'an object with uid, speaker and tags')
    }
    const spoken = words.get(uid)
    if (spoken === undefined) {
      const problem = `${quoteName(uid)} has no words, expected a list, empty where nothing was understood.`
      throw invalidData({ ...place, column: `${column}.uid` }, problem, quoteName(uid))
    }
    return { speaker, tag: tags.join(' '), words: spoken }
  })
  return units.filter((unit) => unit.words.length > 0).sort((left, right) => startOf(left) - startOf(right))
}
