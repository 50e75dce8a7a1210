import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rejection } from '../test/rejection.js'
import { temporaryFolder } from '../test/temporaryFolder.js'
import { loadDataset } from './loadDataset.js'
import { readSwitchboard } from './readSwitchboard.js'
import { readTen } from './readTen.js'

const TEN = {
  'finished.txt': '你好我想咨询一下\r\nsend it to the office\r\n',
  'unfinished.txt': 'i would like\n',
  'wait.txt': '嘘\nhold on\n',
}
const COUNTS = { finishedOrNot: 2, wait: 1 }

test("TEN's folder is its English lines, numbered over the three files", async () => {
  const { lines, waitSpeaking, waitSilent } = await readTen(await temporaryFolder(TEN), COUNTS)
  expect(lines.map(({ id, messages, action }) => [id, messages[0]?.content, action])).toEqual([
    ['1', 'send it to the office', 'start_speaking'],
    ['2', 'i would like', 'continue_listening'],
  ])
  expect(waitSpeaking).toHaveLength(5)
  expect(waitSilent.map(({ messages }) => messages[0]?.content)).toEqual(['hold on'])
})

test('a file that TEN has and the folder lacks is named, and the lines are counted', async () => {
  const { 'wait.txt': _, ...rest } = TEN
  expect((await rejection(readTen(await temporaryFolder(rest), COUNTS))).problem).toContain('wait.txt cannot be read')
  const folder = await temporaryFolder({ ...TEN, 'unfinished.txt': '' })
  expect((await rejection(readTen(folder, COUNTS))).problem).toContain(
    'it has 1 finished and unfinished lines, expected 2',
  )
})

test("Switchboard's folder is a conversation a file; a text may hold a bar", async () => {
  const folder = await temporaryFolder({
    '2131.txt': 'B|right.|sd\n',
    '2121.txt': 'A|is it | or not?|qy\nB|Uh-huh.|b\n',
  })
  const rows = await readSwitchboard(folder, 'yields', { all: 3, noBackchannels: 2 })
  expect(rows.map(({ id, messages, action }) => [id, messages.at(-1)?.content, action])).toEqual([
    ['2121.0', 'is it | or not?', 'start_speaking'],
    ['2121.1', 'Uh-huh.', 'continue_speaking'],
    ['2131.0', 'right.', 'start_speaking'],
  ])
})

test('a line of another form is named without its words', async () => {
  const folder = await temporaryFolder({ '2121.txt': 'A|yes.|ny\nmy number is 0770\n' })
  const { problem } = await rejection(readSwitchboard(folder, 'yields'))
  expect(problem).toBe('2121.txt, row 2: it is not of the form speaker|text|tag.')
})

test('a folder of data may hold either form', async () => {
  const dataDir = await temporaryFolder({
    'eval/ten/finished.txt': '',
    'eval/ten/unfinished.txt': '',
    'eval/ten/wait.txt': '',
  })
  const { problem } = await rejection(loadDataset('ten', { dataDir }))
  expect(problem).toContain('ten: it has 0 finished and unfinished lines, expected 428')
  const missing = await rejection(loadDataset('ten', { dataDir: join(dataDir, 'nothing') }))
  expect(missing.code).toBe('DATASET_NOT_FOUND')
})
