import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DATA_FOLDER, HAS_DATA } from '../test/dataFolder.js'
import { rejection } from '../test/rejection.js'
import { type SpokenUnit, spokenMeeting } from '../test/spokenMeeting.js'
import { jsonLines, temporaryFolder } from '../test/temporaryFolder.js'
import { momentsOf } from './floor.js'
import { isTestMeeting, spokenText } from './meeting.js'
import { overlapsOf } from './overlaps.js'
import { readMeetings } from './readMeetings.js'

async function meetingOf(units: readonly SpokenUnit[], id = 'm') {
  const { units: unitLine, words } = spokenMeeting(id, units)
  const folder = await temporaryFolder({ 'units.jsonl': jsonLines([unitLine]), 'words.jsonl': jsonLines([words]) })
  const files = { units: join(folder, 'units.jsonl'), words: join(folder, 'words.jsonl'), onlyTest: false }
  const [meeting] = await readMeetings(files)
  if (meeting === undefined) throw new Error('no meeting')
  return meeting
}

const rounded = (moments: ReturnType<typeof momentsOf>) =>
  moments.map(({ kind, silenceMs, messages }) => [kind, Math.round(silenceMs), messages.at(-1)?.content])

test('silences inside a turn are holds, those before an answer ends', async () => {
  const meeting = await meetingOf([
    ['A', 0, 'i would'],
    ['B', 0.7, 'uh-huh', 'b'],
    // 0.6 s: what B shows meanwhile does not matter.
    ['A', 1.2, 'like tea'],
    // 0.3 s, then B answers.
    ['B', 2.1, 'with milk'],
    // 0.1 s: no pause.
    ['B', 2.8, 'right'],
    ['A', 3.3, 'please'],
    // 6 s: something else has begun.
    ['A', 9.6, 'so'],
  ])
  expect(rounded(momentsOf(meeting))).toEqual([
    ['hold', 600, 'i would'],
    ['end', 300, 'i would like tea'],
    ['end', 200, 'with milk right'],
  ])
  expect(momentsOf(meeting)[2]?.messages).toEqual([
    { role: 'assistant', content: 'i would like tea' },
    { role: 'user', content: 'with milk right' },
  ])
})

test('pauses that are held and turns that are answered are counted for each speaker, before each silence', async () => {
  const meeting = await meetingOf([
    ['A', 0, 'i would'],
    // 0.6 s
    ['A', 1.2, 'like tea'],
    ['B', 2.1, 'with milk'],
    ['A', 3, 'please'],
    // 6 s: the turn goes on, but nothing is counted.
    ['A', 9.3, 'no sugar'],
    // 0.3 s: no pause to count.
    ['A', 10.2, 'thanks'],
    ['B', 11, 'anything else'],
    ['A', 12, 'no'],
    ['B', 13, 'fine'],
  ])
  const paces = momentsOf(meeting).map(({ kind, pace: { turnMs, held, answered } }) => {
    return [kind, Math.round(turnMs), held, answered]
  })
  expect(paces).toEqual([
    ['hold', 600, 0, 0],
    ['end', 1800, 1, 0],
    ['end', 600, 0, 0],
    ['hold', 6900, 1, 1],
    ['end', 7500, 1, 1],
    ['end', 600, 0, 1],
    ['end', 300, 1, 2],
  ])
})

test('silences in which another still speaks, and answers that are broken into, are left out', async () => {
  const meeting = await meetingOf([
    ['A', 0, 'one two three four five six'],
    ['B', 0.5, 'no'],
    // A ends at 1.8; B begins, but A is back before B is done: A had not finished.
    ['B', 2.2, 'but what about the'],
    ['A', 2.6, 'seven eight nine ten eleven twelve'],
  ])
  expect(rounded(momentsOf(meeting))).toEqual([])
})

test('backchannels and interruptions are played word by word', async () => {
  const meeting = await meetingOf([
    ['B', 0, 'can you tell me'],
    ['A', 2, 'the balance of your account is now forty two'],
    ['B', 3.3, 'right okay', 's^bk'],
    ['A', 6, 'and the next payment is due on the first', 's.%-'],
    ['B', 7, 'wait i want to stop it'],
  ])
  const [backchannel, interruption, ...others] = overlapsOf(meeting, 200)
  expect(others).toEqual([])
  expect(backchannel?.kind).toBe('backchannel')
  expect(backchannel?.steps.map(({ words, heardMs, messages }) => [words, Math.round(heardMs), messages])).toEqual([
    [
      1,
      500,
      [
        { role: 'user', content: 'can you tell me' },
        // What has begun when the word is heard, at 3.8 s, counts as said.
        { role: 'assistant', content: 'the balance of your account is' },
        { role: 'user', content: 'right' },
      ],
    ],
    [2, 800, expect.arrayContaining([{ role: 'user', content: 'right okay' }])],
  ])
  expect(interruption?.kind).toBe('interruption')
  expect(interruption?.steps.map(({ words }) => words)).toEqual([1, 2, 3, 4, 5, 6])
  expect(interruption?.steps[0]?.messages.at(-2)).toEqual({
    role: 'assistant',
    content: 'the balance of your account is now forty two and the next payment is',
  })
})

test('what anybody said before the unit that is interrupted is heard, however soon the unit follows', async () => {
  const heardFirst = async (...between: SpokenUnit[]) => {
    const meeting = await meetingOf([
      ['B', 0, 'can you tell me'],
      ['A', 2, 'your balance is forty two'],
      ...between,
      // After 0.1 s: no pause.
      ['A', 3.6, 'and the next payment is due on the first', 's.%-'],
      ['B', 4.7, 'wait i want to stop it'],
    ])
    const [interruption] = overlapsOf(meeting, 200)
    return interruption?.steps[0]?.messages.map(({ content }) => content)
  }
  expect(await heardFirst()).toEqual([
    'can you tell me',
    'your balance is forty two and the next payment is due',
    'wait',
  ])
  // Of what goes on into the unit, the words that begin before it.
  expect(await heardFirst(['B', 3.4, 'no but'])).toEqual([
    'can you tell me',
    'your balance is forty two',
    'no',
    'and the next payment is due',
    'wait',
  ])
})

test('text is what a recogniser would write', () => {
  const word = (text: string) => ({ startMs: 0, endMs: 1, text })
  const said = ['o_k', 'w-', '<laugh>', 'v_a_d', 'mmhmm', 'x_'].map(word)
  expect(spokenText(said)).toBe('okay v a d mm-hmm x')
})

test('a meeting is for testing by the hash of its id', () => {
  expect(isTestMeeting('Bmr001')).toBe(true)
  expect(isTestMeeting('Bdb001')).toBe(false)
  const ids = Array.from({ length: 500 }, (_, index) => `m${index}`)
  const expected = ids.filter(
    (id) => Number.parseInt(createHash('sha256').update(id).digest('hex').slice(0, 2), 16) < 51,
  )
  expect(ids.filter(isTestMeeting)).toEqual(expected)
})

test('a wrong file is an error that names the row', async () => {
  const { units, words } = spokenMeeting('m', [['A', 0, 'a secret']])
  const problemOf = async (unitLines: readonly unknown[], wordLines: readonly unknown[], onlyTest = false) => {
    const folder = await temporaryFolder({ 'units.jsonl': jsonLines(unitLines), 'words.jsonl': jsonLines(wordLines) })
    const files = { units: join(folder, 'units.jsonl'), words: join(folder, 'words.jsonl'), onlyTest }
    const error = await rejection(readMeetings(files))
    expect(error.message).not.toContain('secret')
    return error.problem
  }
  expect(await problemOf([{ turns: [] }], [words])).toBe(
    'units.jsonl, row 1, column id: found nothing, expected a text.',
  )
  expect(await problemOf([units], [{ ...words, id: 'other' }])).toContain(
    'words.jsonl has no words of a text of 1 character,',
  )
  expect(await problemOf([{ ...units, turns: ['secret'] }], [words])).toContain(
    'column turns[0]: found a value of type string',
  )
  expect(await problemOf([units], [{ id: 'm', words: { u0: [[0, 'secret']] } }])).toContain(
    'row 1, column words["u0"]: found an array',
  )
  expect(await problemOf([units], [{ id: 'm', words: { u0: [[2, 1, 'secret']] } }])).toContain(
    'a word ends at 1 s, before',
  )
  expect(await problemOf([units], [{ id: 'm', words: { u1: [] } }])).toBe(
    'units.jsonl, row 1, column turns[0].uid: "u0" has no words, expected a list, empty where nothing was understood.',
  )
  const unit = { speaker: 'A', tags: ['s'], uid: 'a secret' }
  expect(await problemOf([{ id: 'm', turns: [unit] }], [words])).toContain('a text of 8 characters has no words')
  expect(await problemOf([units], [{ id: 'm', words: { u0: [[1200, 1500, 'secret']] } }])).toContain(
    'a word lasts from 1200 to 1500 s, expected times in seconds',
  )
  expect(await problemOf([units], [words], true)).toMatch(
    /no conversation for testing.*: --all-conversations plays all/,
  )
  expect(await problemOf([units, units], [words])).toBe(
    'units.jsonl, row 2, column id: it is that of row 1, expected its own.',
  )
  expect(await problemOf([units], [words, words])).toContain('words.jsonl, row 2, column id: it is that of row 1')
  expect(await problemOf([], [])).toBe('units.jsonl: it has no conversation, expected one.')
})

test("the documentation's example is as it says", async () => {
  const text = await readFile(new URL('../../../../docs/bench.md', import.meta.url), 'utf8')
  const [units, words] = [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => JSON.parse(json))
  const folder = await temporaryFolder({ 'units.jsonl': jsonLines([units]), 'words.jsonl': jsonLines([words]) })
  const files = { units: join(folder, 'units.jsonl'), words: join(folder, 'words.jsonl'), onlyTest: false }
  const meetings = await readMeetings(files)
  expect(rounded(meetings.flatMap(momentsOf))).toEqual([
    ['hold', 600, "i'd like"],
    ['end', 500, "i'd like some tea"],
  ])
  const overlaps = meetings.flatMap((meeting) => overlapsOf(meeting, 200))
  expect(overlaps.map(({ kind, steps }) => [kind, steps[0]?.messages.at(-1)?.content])).toEqual([
    ['backchannel', 'yeah'],
  ])
})

test.skipIf(!HAS_DATA)(
  'nineteen of the 75 meetings of ICSI are for testing (skipped without data: training/README.md says where it comes from)',
  async () => {
    const train = join(DATA_FOLDER, 'train')
    const files = { units: join(train, 'mrda.jsonl.gz'), words: join(train, 'mrda_words.jsonl.gz'), onlyTest: true }
    const meetings = await readMeetings(files)
    expect(meetings).toHaveLength(19)
    const moments = meetings.flatMap(momentsOf)
    const overlaps = meetings.flatMap((meeting) => overlapsOf(meeting, 200))
    const count = (of: readonly { kind: string }[], wanted: string) => of.filter(({ kind }) => kind === wanted).length
    expect([count(moments, 'hold'), count(moments, 'end')]).toEqual([15_921, 3141])
    expect([count(overlaps, 'backchannel'), count(overlaps, 'interruption')]).toEqual([1192, 379])
  },
  60_000,
)
