import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { createRuleSystem, type TurnRule } from '../systems/rules.js'
import { DATA_FOLDER, HAS_DATA } from '../test/dataFolder.js'
import { parquetFile } from '../test/parquetFile.js'
import { rejection } from '../test/rejection.js'
import { jsonLines, temporaryFolder } from '../test/temporaryFolder.js'
import type { Dataset } from './dataset.js'
import { type DatasetSources, isNotAtHand, loadDataset } from './loadDataset.js'

const SOURCES: DatasetSources = { dataDir: DATA_FOLDER, hubEndpoint: 'http://127.0.0.1:9', cacheDir: 'unused' }

/** Made by scripts/write_golden.py: rows as the training code has them. */
const golden: Record<string, { rows: number; sha256: string; finished: Record<TurnRule, number> }> = JSON.parse(
  readFileSync(new URL('../../fixtures/datasets.json', import.meta.url), 'utf8'),
)

/** What is known of a set: its rows, and how many of them each rule calls finished. */
async function describeSet(set: Dataset) {
  const rules = Object.keys(golden['four-class']?.finished ?? {}) as TurnRule[]
  const rows = set.rows.map((row) => ({ messages: row.messages, agentSpeaking: false }))
  const counts = rules.map(async (name) => {
    const answers = await createRuleSystem(name).answer(rows)
    return [name, answers.filter(({ action }) => action === 'start_speaking').length] as const
  })
  return { rows: rows.length, sha256: digest(set), finished: Object.fromEntries(await Promise.all(counts)) }
}

function digest({ rows }: Dataset): string {
  const hash = createHash('sha256')
  for (const { messages, action } of rows) {
    hash.update(`${JSON.stringify([messages.map(({ role, content }) => [role, content]), action])}\n`)
  }
  return hash.digest('hex')
}

test.each(['hard', 'four-class'])('%s has the rows of the training code, and the rules its answers', async (name) => {
  const set = await loadDataset(name, SOURCES)
  expect(await describeSet(set)).toEqual(golden[name])
})

test.skipIf(!HAS_DATA).each(Object.keys(golden))(
  '%s has the rows of the training code, and the rules its answers (skipped without data: training/README.md says where it comes from)',
  async (name) => {
    const set = await loadDataset(name, SOURCES)
    expect(await describeSet(set)).toEqual(golden[name])
    expect(new Set(set.rows.map(({ id }) => id)).size).toBe(set.rows.length)
  },
)

test.skipIf(!HAS_DATA)('development has its twelve pairs', async () => {
  const { rows } = await loadDataset('dev', SOURCES)
  expect(rows.filter(({ pair }) => pair !== undefined)).toHaveLength(24)
})

test('a file of JSON lines is a set', async () => {
  const message = { role: 'user', content: 'hello' }
  const lines = [
    { messages: [message], action: 'start_speaking' },
    { id: 'x', messages: [message], action: 1, group: 'g', pair: null, expect: 'phone' },
  ]
  const folder = await temporaryFolder({ 'mine.jsonl': jsonLines(lines) })
  const set = await loadDataset(join(folder, 'mine.jsonl'), SOURCES)
  expect(set).toMatchObject({ name: 'mine.jsonl', isQuotable: false })
  expect(set.rows).toEqual([
    { id: '1', messages: [message], action: 'start_speaking' },
    { id: 'x', messages: [message], action: 'continue_listening', group: 'g', expect: 'phone' },
  ])
})

test('what is not there is said to be not at hand', async () => {
  const folder = await temporaryFolder()
  const missing = await rejection(loadDataset('ten', { ...SOURCES, dataDir: folder }))
  expect(missing.code).toBe('DATASET_NOT_FOUND')
  expect(isNotAtHand(missing)).toBe(true)
  expect((await rejection(loadDataset('ten', { ...SOURCES, dataDir: undefined }))).code).toBe('DATASET_NOT_FOUND')
  const unknown = await rejection(loadDataset('tne', SOURCES))
  expect(unknown.code).toBe('INVALID_OPTION')
  expect(isNotAtHand(unknown)).toBe(false)
})

const cases = Array.from({ length: 60 }, (_, index) => ({
  id: `${index}`,
  messages: [{ role: 'user', content: `word ${index}` }],
  action: index % 4,
}))

test('the published benchmark is read from a folder, with its number of rows', async () => {
  const published = await temporaryFolder({ 'data/synthetic-00000-of-00001.parquet': parquetFile(cases) })
  const set = await loadDataset('published-synthetic', { ...SOURCES, published })
  expect(set).toMatchObject({ name: 'published-synthetic', binaryWithoutBackchannels: false })
  expect(set.rows).toHaveLength(60)
  const swda = await rejection(loadDataset('published-swda', { ...SOURCES, published }))
  expect(swda.problem).toContain('has no file swda.parquet')
})

describe('the published benchmark from a hub', () => {
  /** A hub with one file of the data set `owner/name`; what else a hub can do wrong is tested in packages/node. */
  async function startHub(bytes: Uint8Array) {
    const commit = 'c0ffee'.padEnd(40, '0')
    const path = 'data/synthetic-00000-of-00001.parquet'
    const oid = createHash('sha256').update(bytes).digest('hex')
    const answers: Record<string, unknown> = {
      '/api/datasets/owner/name/revision/main': { sha: commit },
      [`/api/datasets/owner/name/tree/${commit}?recursive=true`]: [
        { type: 'file', path, size: bytes.length, lfs: { oid } },
      ],
    }
    const asked: string[] = []
    const server = createServer(({ url = '' }, response) => {
      asked.push(url)
      if (url === `/datasets/owner/name/resolve/${commit}/${path}`) response.end(bytes)
      else response.writeHead(answers[url] === undefined ? 404 : 200).end(JSON.stringify(answers[url]))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const hubEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return { asked, sources: { hubEndpoint, cacheDir: await temporaryFolder(), published: 'owner/name' } }
  }

  it('is downloaded once', async () => {
    const { asked, sources } = await startHub(parquetFile(cases))
    expect((await loadDataset('published-synthetic', sources)).rows).toHaveLength(60)
    expect((await loadDataset('published-synthetic', { ...sources, offline: true })).rows).toHaveLength(60)
    expect(asked).toHaveLength(3)
  })

  it.each([
    ['is truncated', parquetFile(cases).subarray(0, 1000), 'it is no parquet that can be read, expected a whole file'],
    [
      'is compressed another way',
      parquetFile(cases, [], 'ZSTD'),
      'it is compressed with ZSTD, expected no compression or Snappy.',
    ],
    ['has no column', parquetFile(cases, ['messages']), 'column messages: it is missing, found the columns id, action'],
    ['has too few rows', parquetFile(cases.slice(1)), 'it has 59 rows, expected 60.'],
  ])('%s', async (_, bytes, problem) => {
    const { sources } = await startHub(bytes)
    const error = await rejection(loadDataset('published-synthetic', sources))
    expect(error.code).toBe('INVALID_DATASET')
    expect(error.problem).toContain('synthetic-00000-of-00001.parquet')
    expect(error.problem).toContain(problem)
  })

  it('has not this split, or is not there', async () => {
    const { sources } = await startHub(parquetFile(cases))
    const split = await rejection(loadDataset('published-ten', sources))
    expect(split.problem).toContain('has no file ten.parquet')
    const other = await rejection(loadDataset('published-ten', { ...sources, published: 'owner/other' }))
    expect([other.code, isNotAtHand(other)]).toEqual(['HUB_NOT_FOUND', true])
  })
})
