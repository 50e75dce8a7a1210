import { join } from 'node:path'
import { ACTIONS } from '@turnwise/core'
import { expect, test } from 'vitest'
import { parquetFile } from '../test/parquetFile.js'
import { rejection } from '../test/rejection.js'
import { temporaryFolder } from '../test/temporaryFolder.js'
import { isOfBenchmark, pathsOfSplit, readPublishedSplit } from './publishedBenchmark.js'
import { FOUR_CLASS_FOLDER, readFourClass } from './readFourClass.js'
import { readParquet } from './readParquet.js'

const CASES = ACTIONS.map((_, action) => ({
  id: `row-${action}`,
  messages: [
    { role: 'assistant', content: 'yes' },
    { role: 'user', content: `secret ${action}` },
  ],
  action,
}))

test('the classes are in the published order', async () => {
  const folder = await temporaryFolder({ 'ten.parquet': parquetFile(CASES) })
  const rows = await readPublishedSplit(folder, 'ten', 4)
  expect(rows.map(({ action }) => action)).toEqual(ACTIONS)
  expect(rows[3]?.messages).toEqual(CASES[3]?.messages)
})

test('the parquet of the four-class test has the rows of its JSON lines', async () => {
  expect(await readParquet(join(FOUR_CLASS_FOLDER, 'test.parquet'))).toEqual(await readFourClass())
})

test('files of a split are found wherever a hub puts them', () => {
  const paths = ['data/ten-00000-of-00001.parquet', 'ten/test.parquet', 'swda.parquet', 'often.parquet', 'ten.json']
  expect(pathsOfSplit(paths, 'ten')).toEqual(['data/ten-00000-of-00001.parquet', 'ten/test.parquet'])
  expect(paths.filter(isOfBenchmark)).toEqual(paths.slice(0, 3))
})

test('a wrong file is an error that says what was expected', async () => {
  const whole = parquetFile(CASES)
  const folder = await temporaryFolder({
    'count/ten.parquet': whole,
    'truncated/ten.parquet': whole.subarray(0, whole.length - 20),
    'broken/ten.parquet': Uint8Array.from(whole, (byte, index) => (index > 10 && index < 60 ? 255 : byte)),
    'column/ten.parquet': parquetFile(CASES, ['action']),
    'class/ten.parquet': parquetFile([...CASES, { ...CASES[0], id: 'x', messages: [], action: 9 }].reverse() as never),
    'twice/ten-1.parquet': whole,
    'twice/ten-2.parquet': whole,
    'none/swda.parquet': whole,
  })
  const problem = async (name: string) => (await rejection(readPublishedSplit(join(folder, name), 'ten'))).problem
  expect(await problem('count')).toBe('ten.parquet: it has 4 rows, expected 428.')
  expect(await problem('truncated')).toContain('ten.parquet: it is no parquet that can be read, expected a whole file')
  expect(await problem('broken')).toContain('ten.parquet')
  expect(await problem('column')).toContain('ten.parquet, column action: it is missing, found the columns id, messages')
  expect(await problem('class')).toContain('ten.parquet, row 1, column messages: There are no messages.')
  expect(await problem('twice')).toContain('two of its files share an id')
  expect(await problem('none')).toContain('has no file ten.parquet')
  expect(await problem('nowhere')).toContain('cannot be read')
})

test('an unknown class is named with its row', async () => {
  const folder = await temporaryFolder({
    'a.parquet': parquetFile(CASES.map((each) => ({ ...each, action: each.action + 1 }))),
  })
  const error = await rejection(readParquet(join(folder, 'a.parquet')))
  expect(error.problem).toContain('a.parquet, row 4, column action: found 4, expected a class from 0 to 3')
})
