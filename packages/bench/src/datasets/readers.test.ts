import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, test } from 'vitest'
import { rejection } from '../test/rejection.js'
import { jsonLines, temporaryFolder } from '../test/temporaryFolder.js'
import { readCases } from './readCases.js'
import { readDevelopment } from './readDevelopment.js'
import { readSwitchboard } from './readSwitchboard.js'
import { readTen } from './readTen.js'

const SECRET = 'my number is 0770'
const GOOD = { messages: [{ role: 'user', content: SECRET }], action: 'start_speaking' }

async function problemOf(lines: readonly unknown[] | string, secret = SECRET): Promise<string> {
  const text = typeof lines === 'string' ? lines : jsonLines(lines)
  const folder = await temporaryFolder({ 'cases.jsonl': text })
  const error = await rejection(readCases(join(folder, 'cases.jsonl')))
  expect(error.code).toBe('INVALID_DATASET')
  expect(`${error.message} ${JSON.stringify(error.value)} ${String(error.cause)}`).not.toContain(secret)
  return error.problem
}

describe('an error names the row and what was expected', () => {
  it.each([
    ['no JSON', `${jsonLines([GOOD])}{"messages": "${SECRET}`, 'cases.jsonl, row 2: it is not valid JSON'],
    ['no object', [GOOD, SECRET], 'row 2: found a value of type string, expected an object'],
    ['no messages', [{ action: 0 }], 'row 1, column messages: The messages are of type undefined'],
    [
      'a wrong role',
      [{ ...GOOD, messages: [{ role: 'human', content: SECRET }] }],
      'column messages[0].role: found a text of 5 characters, expected system, user, assistant, tool',
    ],
    [
      'no content',
      [{ ...GOOD, messages: [{ role: 'user' }] }],
      'column messages: The content of message 0 is undefined',
    ],
    [
      'an agent last',
      [{ ...GOOD, messages: [{ role: 'assistant', content: SECRET }] }],
      'The last message has the role "assistant"',
    ],
    [
      'an unknown class',
      [GOOD, { ...GOOD, action: 4 }],
      'row 2, column action: found 4, expected a class from 0 to 3, or start_speaking',
    ],
    ['an unknown name', [{ ...GOOD, action: 'speak' }], 'column action: found a text of 5 characters, expected'],
    ['no class', [{ messages: GOOD.messages }], 'column action: found undefined'],
    [
      'a repeated id',
      [
        { ...GOOD, id: 'a' },
        { ...GOOD, id: 'a' },
      ],
      'row 2, column id: it is that of row 1',
    ],
    [
      'an unknown expectation',
      [{ ...GOOD, expect: 'fax' }],
      'row 1, column expect: found a text of 3 characters, expected phone, email',
    ],
    [
      'a length of what has none',
      [{ ...GOOD, expect: { kind: 'name', length: 4 } }],
      'row 1, column expect: found a text of 4 characters, expected one of phone, code, and its length from 1 to 64.',
    ],
    [
      'a wrong length',
      [{ ...GOOD, expect: 'code', expect_length: 0 }],
      'column expect: found 0, expected one of phone, code, and its length from 1',
    ],
    [
      'a repeated id after empty lines',
      `\n${jsonLines([{ ...GOOD, id: 'a' }])}\n\n${jsonLines([{ ...GOOD, id: 'a' }])}`,
      'row 5, column id: it is that of row 2',
    ],
    ['half a pair', [GOOD, { ...GOOD, pair: 'p1' }], 'row 2, column pair: "p1" has 1 rows, expected 2'],
    ['no rows', '\n', 'it has no rows'],
    ['a text as the class', [{ ...GOOD, action: SECRET }], 'column action: found a text of 17 characters, expected'],
    [
      'a text as the role',
      [{ ...GOOD, messages: [{ role: SECRET, content: 'user' }] }],
      'column messages[0].role: found a text of 17 characters, expected system',
    ],
    ['a text as the expectation', [{ ...GOOD, expect: SECRET }], 'column expect: found a text of 17 characters'],
    [
      'a text as the kind of an expectation',
      [{ ...GOOD, expect: { kind: SECRET, length: 4 } }],
      'column expect: found a text of 17 characters, expected one of phone, code',
    ],
    ['a text as the pair', [{ ...GOOD, pair: SECRET }], 'column pair: a text of 17 characters has 1 rows'],
    [
      'a text as the id',
      [
        { ...GOOD, id: SECRET },
        { ...GOOD, id: SECRET },
      ],
      'row 2, column id: it is that of row 1',
    ],
  ])('%s', async (_, lines, problem) => {
    expect(await problemOf(lines)).toContain(problem)
  })

  it.each(['Rosalind', '07700900123', '4111-1111-1111-1111', 'call07700900123'])('never "%s"', async (secret) => {
    const user = { role: 'user', content: 'hello' }
    const wrong = [
      [{ ...GOOD, action: secret }],
      [{ ...GOOD, messages: [{ role: secret, content: 'user' }] }],
      [{ ...GOOD, expect: secret }],
      [{ ...GOOD, expect: { kind: secret, length: 4 } }],
      [{ ...GOOD, expect: { kind: 'code', length: secret } }],
      [{ ...GOOD, expect: 'code', expect_length: secret }],
      [{ ...GOOD, pair: secret }],
      [1, 2].map(() => ({ messages: [user], action: 0, id: secret })),
    ]
    for (const lines of wrong) expect(await problemOf(lines, secret)).toContain('expected')
  })

  it('never a number that is as long as that of a telephone', async () => {
    const long = 4_477_009_001
    expect(await problemOf([{ ...GOOD, action: long }], `${long}`)).toContain('found a number of five digits or more')
    expect(await problemOf([{ ...GOOD, expect: { kind: 'code', length: long } }], `${long}`)).toContain('column expect')
  })

  it('a truncated archive', async () => {
    const folder = await temporaryFolder({ 'a.jsonl.gz': gzipSync(jsonLines([GOOD])).subarray(0, 30) })
    const error = await rejection(readCases(join(folder, 'a.jsonl.gz')))
    expect(error.problem).toContain('a.jsonl.gz: it cannot be unpacked')
  })
})

test('an id twice in the development set', async () => {
  const folder = await temporaryFolder({ 'dev.jsonl': jsonLines(Array(200).fill({ ...GOOD, id: 'a' })) })
  const error = await rejection(readDevelopment(join(folder, 'dev.jsonl')))
  expect(error.problem).toBe('dev.jsonl, row 2, column id: it is that of row 1, expected its own.')
})

test("TEN's labels", async () => {
  const lines = [
    { text: 'one', label: 'finished' },
    { text: 'two', label: 'unfinished' },
    { text: 'hold on', label: 'wait' },
  ]
  const folder = await temporaryFolder({
    'ten.jsonl': jsonLines(lines),
    'bad.jsonl': jsonLines([{ text: 'x', label: 'done' }]),
    'swapped.jsonl': jsonLines([{ text: 'done', label: SECRET }]),
  })
  const ten = await readTen(join(folder, 'ten.jsonl'), { finishedOrNot: 2, wait: 1 })
  expect(ten.lines.map(({ id, action }) => [id, action])).toEqual([
    ['1', 'start_speaking'],
    ['2', 'continue_listening'],
  ])
  expect(ten.waitSilent.map(({ action }) => action)).toEqual(['continue_listening'])
  expect(ten.waitSpeaking).toHaveLength(5)
  expect(ten.waitSpeaking[4]).toMatchObject({ id: '3.5', action: 'start_listening' })
  expect(new Set(ten.waitSpeaking.map(({ cluster }) => cluster))).toEqual(new Set(['3']))
  expect(ten.waitSpeaking[4]?.messages.map(({ role }) => role)).toEqual(['assistant', 'user'])
  const count = await rejection(readTen(join(folder, 'ten.jsonl')))
  expect(count.problem).toBe('ten.jsonl: it has 2 finished and unfinished lines, expected 428.')
  const label = await rejection(readTen(join(folder, 'bad.jsonl')))
  expect(label.problem).toContain(
    'row 1, column label: found a text of 4 characters, expected finished, unfinished, wait',
  )
  const swapped = await rejection(readTen(join(folder, 'swapped.jsonl')))
  expect(swapped.problem).toContain('row 1, column label: found a text of 17 characters, expected finished')
})

const TURNS = [
  { speaker: 'A', text: 'Okay, so,', tag: 'fo' },
  { speaker: 'B', text: 'Uh-huh.', tag: 'b' },
  { speaker: 'A', text: 'I think that is all.', tag: 'sd' },
  { speaker: 'B', text: 'Noise', tag: '%' },
  { speaker: 'B', text: 'Right, and', tag: 'sd' },
  { speaker: 'B', text: 'we left ...', tag: 'sd' },
]

test('Switchboard by both rules', async () => {
  const folder = await temporaryFolder({ 'swda.jsonl': jsonLines([{ id: '1', turns: TURNS }]) })
  const path = join(folder, 'swda.jsonl')
  const counts = { all: 5, noBackchannels: 4 }
  const yields = await readSwitchboard(path, 'yields', counts)
  expect(yields.map(({ id, action, messages }) => [id, action, messages.map(({ content }) => content)])).toEqual([
    ['1.0', 'continue_listening', ['Okay, so,']],
    ['1.1', 'continue_speaking', ['Okay, so,', 'Uh-huh.']],
    // The turn so far, which a backchannel does not end.
    ['1.2', 'start_speaking', ['Okay, so, I think that is all.']],
    ['1.4', 'continue_listening', ['I think that is all.', 'Noise Right, and']],
    ['1.5', 'start_speaking', ['I think that is all.', 'Noise Right, and we left ...']],
  ])
  expect(yields.map(({ cluster }) => cluster)).toEqual(Array(5).fill('1'))
  const long = await temporaryFolder({
    'swda.jsonl': jsonLines([{ id: '1', turns: [{ speaker: 'A', text: 'word '.repeat(70).trim(), tag: 'sd' }] }]),
  })
  const [row] = await readSwitchboard(join(long, 'swda.jsonl'), 'yields', { all: 1, noBackchannels: 1 })
  expect(row?.messages[0]?.content.split(' ')).toHaveLength(60)
  const complete = await readSwitchboard(path, 'complete', counts)
  expect(complete.map(({ action, messages }) => [action, messages.at(-1)?.content])).toEqual([
    ['continue_listening', 'Okay, so'],
    ['continue_speaking', 'Uh-huh'],
    ['start_speaking', 'I think that is all'],
    ['continue_listening', 'Right, and'],
    ['continue_listening', 'we left'],
  ])
  expect((await rejection(readSwitchboard(path, 'yields'))).problem).toContain(
    'it has 5 utterances that are published, expected 3,522',
  )
  const twice = await temporaryFolder({
    'swda.jsonl': jsonLines([
      { id: '1', turns: [] },
      { id: '1', turns: TURNS },
    ]),
  })
  expect((await rejection(readSwitchboard(join(twice, 'swda.jsonl'), 'yields', counts))).problem).toBe(
    'swda.jsonl, row 2, column id: it is that of row 1, expected its own.',
  )
})
