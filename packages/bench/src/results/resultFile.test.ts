import { access, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isRecord, TurnwiseError } from '@turnwise/core'
import { expect, test } from 'vitest'
import { buildReport } from '../report/buildReport.js'
import { compareResults } from '../report/compareResults.js'
import { readResults } from '../report/readResults.js'
import { renderMarkdown } from '../report/renderReport.js'
import { makeResults } from '../test/exampleResults.js'
import { rejection } from '../test/rejection.js'
import { temporaryFolder } from '../test/temporaryFolder.js'
import { assertWritable, writeResult } from './resultFile.js'
import { createHeader } from './resultHeader.js'

test('results that cannot be read are errors that say why', async () => {
  const problemOf = async (text: string) => {
    const folder = await temporaryFolder({ 'accuracy.json': text })
    const error = await rejection(readResults(folder))
    expect(error.code).toBe('INVALID_RESULT')
    return error.problem
  }
  expect(await problemOf('{"formatVersion": 2, "ki')).toContain('accuracy.json is no JSON')
  expect(await problemOf('{"formatVersion": 1, "kind": "accuracy"}')).toContain(
    'formatVersion in accuracy.json is 1, expected 2',
  )
  expect(await problemOf('{"formatVersion": 2, "kind": "latency"}')).toContain('is 2, expected 3')
  expect(await problemOf('{"formatVersion": 2, "kind": "speed"}')).toContain(
    'is "speed", expected accuracy, streaming, latency',
  )
  const { accuracy, latency } = await makeResults()
  expect(await problemOf(JSON.stringify(latency))).toContain('is a result of latency, expected one of accuracy')
  expect(await problemOf('{"kind": "accuracy", "formatVersion": 2}')).toBe(
    'In accuracy.json createdAt is missing, expected a text.',
  )
  expect(await problemOf(JSON.stringify({ ...accuracy, sets: [] }))).toBe('In accuracy.json sets is empty.')
  expect((await rejection(readResults(await temporaryFolder()))).problem).toContain('has none of accuracy.json')
})

test('whatever part is missing, a result is read or the error names the part', async () => {
  const failed: string[] = []
  for (const result of Object.values(await makeResults())) {
    const folder = await temporaryFolder()
    const path = join(folder, `${result.kind}.json`)
    const text = JSON.stringify(result)
    for (const names of placesIn(JSON.parse(text))) {
      const damaged = JSON.parse(text)
      const holder = names.slice(0, -1).reduce((value, name) => value[name], damaged)
      delete holder[names.at(-1) ?? '']
      await writeFile(path, JSON.stringify(damaged))
      const uses = async () => {
        renderMarkdown(buildReport(await readResults(folder)))
        await compareResults(path, path)
      }
      await uses().catch((error: unknown) => {
        if (!(error instanceof TurnwiseError)) failed.push(`${result.kind} ${names.join('.')}: ${String(error)}`)
      })
    }
  }
  expect(failed).toEqual([])
})

/** The places of all parts by their names, of lists the first item's. */
function placesIn(value: unknown): string[][] {
  if (Array.isArray(value)) return placesIn(value[0]).map((names) => ['0', ...names])
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([name, inner]) => [[name], ...placesIn(inner).map((names) => [name, ...names])])
}

test('a place that cannot be written is an error, and nothing is left beside it', async () => {
  const folder = await temporaryFolder({ file: 'x' })
  for (const path of [join(folder, 'file', 'a.json'), folder]) {
    expect((await rejection(assertWritable(path))).code).toBe('OUTPUT_UNWRITABLE')
    expect((await rejection(writeResult(path, createHeader('latency', 1)))).code).toBe('OUTPUT_UNWRITABLE')
  }
  await expect(access(`${folder}.new`)).rejects.toThrow('ENOENT')
  await assertWritable(join(folder, 'file'))
  expect(await readdir(folder)).toEqual(['file'])
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('x')
})
