import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { type AccuracyOptions, runAccuracy } from '../accuracy/runAccuracy.js'
import { DEFAULT_ACCURACY } from '../defaults.js'
import type { LatencyResult } from '../latency/latencyResult.js'
import { assertWritable, writeResult } from '../results/resultFile.js'
import { createHeader } from '../results/resultHeader.js'
import { runStreaming } from '../streaming/runStreaming.js'
import { openAnswerStore } from '../systems/answerStore.js'
import { createRuleSystem } from '../systems/rules.js'
import type { BenchmarkSystem } from '../systems/system.js'
import { rejection } from '../test/rejection.js'
import { spokenMeeting } from '../test/spokenMeeting.js'
import { jsonLines, temporaryFolder } from '../test/temporaryFolder.js'
import { buildReport } from './buildReport.js'
import { compareResults } from './compareResults.js'
import { readResults } from './readResults.js'
import { renderHtml, renderMarkdown } from './renderReport.js'
import { toMarkdown } from './reportTable.js'

/** Right on every row but those of some class. */
function createKnower(name: string, wrongOn: number): BenchmarkSystem {
  return {
    facts: { name, kind: 'model', sha256: 'ab'.repeat(32), sizeBytes: 86_000_000 },
    batchSize: 100,
    close: async () => undefined,
    answer: async (rows) =>
      rows.map(({ messages }) => {
        const class_ = Number(messages.at(-1)?.content.split(' ').at(-1)) % 4
        const answered = class_ === wrongOn ? (class_ + 1) % 4 : class_
        const action = ACTIONS_OF[answered] ?? 'start_speaking'
        const probabilities = ACTIONS_OF.map((_, index) => (index === answered ? 0.7 : 0.1))
        return { action, actionInState: action, turnProbability: answered === 0 ? 0.9 : 0.1, probabilities }
      }),
  }
}

const ACTIONS_OF = ['start_speaking', 'continue_listening', 'start_listening', 'continue_speaking'] as const

async function accuracyOf(systems: readonly BenchmarkSystem[]) {
  const rows = Array.from({ length: 40 }, (_, index) => ({
    messages: [{ role: 'user', content: `secret | <words> ${index}` }],
    action: index % 4,
    group: 'g',
    ...(index % 4 === 0 ? { expect: index < 8 ? { kind: 'code', length: 4 } : 'code' } : {}),
    ...(index < 2 ? { pair: 'p' } : {}),
  }))
  const folder = await temporaryFolder({ 'rows.jsonl': jsonLines(rows) })
  const options: AccuracyOptions = {
    ...DEFAULT_ACCURACY,
    resamples: 100,
    sets: [join(folder, 'rows.jsonl'), 'ten'],
    sources: { hubEndpoint: 'http://127.0.0.1:9' },
    systems,
    store: await openAnswerStore(undefined),
    quote: true,
  }
  return runAccuracy(options)
}

async function streamingOf(systems: readonly BenchmarkSystem[]) {
  const meeting = spokenMeeting('m', [
    ['A', 0, 'i would'],
    ['A', 1.2, 'like tea'],
    ['B', 2.1, 'the balance of your account is now forty two'],
    ['A', 3.4, 'right', 'b'],
    ['A', 8, 'fine'],
  ])
  const folder = await temporaryFolder({ 'u.jsonl': jsonLines([meeting.units]), 'w.jsonl': jsonLines([meeting.words]) })
  const files = { units: join(folder, 'u.jsonl'), words: join(folder, 'w.jsonl'), onlyTest: false }
  return runStreaming({ files, systems, store: await openAnswerStore(undefined), lagMs: 200, seed: 1 })
}

function latencyOf(name: string, ms: number): LatencyResult {
  const runs = (base: number) =>
    [0, 1, 2].map((run) => {
      return { samplesMs: [base, base + 1, base + run], restedMs: [2 * base, 2 * base, 3 * base], tokensRun: 28 }
    })
  const spread = { count: 3, median: ms, p90: ms, p99: ms, max: ms }
  const figures = { loadMs: 400, firstDecisionMs: 500, sinceStartMs: 550, peakBytes: 283e6 }
  return {
    ...createHeader('latency', 1),
    threads: 2,
    pauseMs: 20,
    steadyMs: 50,
    systems: [
      { name: 'published way', kind: 'model', role: 'published way', spinning: true, sizeBytes: 497e6 },
      { name, kind: 'model', role: 'turnwise', spinning: false, sizeBytes: 86e6 },
    ],
    cases: [
      {
        kind: 'fresh',
        tokens: 28,
        cachedTokens: 0,
        systems: [
          { name: 'published way', runs: runs(300) },
          { name, runs: runs(ms) },
        ],
      },
    ],
    processes: [
      { name: 'published way', runs: [{ ...figures, peakBytes: 1132e6 }] },
      { name, runs: [figures] },
    ],
    throughput: [{ name, sessions: 4, updatesPerSecond: 120, latencyMs: spread }],
    batch: { name, prompts: 64, tokensEach: 23, promptsPerSecond: 135 },
    load: [
      {
        name,
        calls: 4,
        wordMs: 300,
        asked: 27,
        answered: 27,
        superseded: 0,
        refused: 0,
        latencyMs: spread,
        loopDelayMs: spread,
        rssBytes: 3e8,
      },
    ],
    soak: { name, sessions: 10, points: [{ updates: 100, rssBytes: 3e8 }] },
    python: [{ runtime: 'PyTorch', device: 'cpu', name, tokens: 28, samplesMs: [50, 51, 52] }],
  }
}

async function makeResults() {
  const systems = [createKnower('model 1', 2), createRuleSystem('always finished')]
  const [accuracy, streaming] = [await accuracyOf(systems), await streamingOf(systems)]
  return { accuracy, streaming, latency: latencyOf('model 1', 20) }
}

describe('the report', () => {
  it('has every table as Markdown', async () => {
    const page = renderMarkdown(buildReport(await makeResults()))
    expect(page).toContain('| model 1 | 75.0 (')
    expect(page).toMatch(/\| model 1 \|[^|]*\|[^|]*\| 75\.0 \(/)
    // Figures stand on the right, texts on the left.
    expect(page).toContain(
      '| row | group | expected | answered | sure | the agent, then the user |\n|---|---|---|---|--:|---|',
    )
    expect(page).toContain('### rows.jsonl, what was asked for: model 1')
    expect(page).toContain('Of all 10 rows with an expectation it changed 10.')
    expect(page).toContain('| code, length known | 2 | 2 | 0 | 0 | 2 |')
    expect(page).toContain('| all | 10 | 10 | 0 | 0 | 10 |')
    expect(page).toContain('Not at hand: ten.')
    expect(page).toContain('SHA-256: model 1 `abababababababab…`.')
    // A cell never ends a row.
    expect(page).toContain('secret \\| <words> 2')
    expect(page).toContain('| silence only |')
    expect(page).toContain('| any word stops it | 100.0 |')
    expect(page).toContain('| 28 tokens, model 1 | 21.00 (20.00–21.00) | 21.20 | 21.92 | 40.00 (40.00–40.00) | 28 |')
    expect(page).toContain('After a rest: the median of the first time after 20 ms without work')
    expect(page).toContain('| model 1 | 14.3 (14.3–15.0) | 5.8 | 4.0 |')
    expect(page).toContain('### How many times less than the published way, after a rest')
    expect(page).toContain('| model 1 | 15.0 (15.0–15.0) |\n')
    for (const line of page.split('\n')) expect(line).not.toContain('undefined')
  })

  it('is one page of HTML that asks for nothing else', async () => {
    const page = await renderHtml(buildReport(await makeResults()))
    expect(page.match(/<svg role="img" aria-label="/g)).toHaveLength(5)
    // Of every place that the contents name there is one.
    const ids = new Set([...page.matchAll(/<h[23] id="([^"]*)"/g)].map(([, id]) => id))
    const links = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id)
    expect(links.length).toBeGreaterThan(10)
    expect(new Set(links)).toEqual(ids)
    expect(page).toContain('model 1')
    expect(page).not.toMatch(/<(script|link|img)|(src|href)="http/)
    expect(page).not.toContain('<words>')
    expect(page).not.toContain('NaN')
  })

  it('leaves out what was not measured', () => {
    expect(buildReport({ latency: latencyOf('model 1', 20) }).map(({ title }) => title)).toEqual(['Latency'])
  })
})

test('a table as Markdown', () => {
  const table = { title: 'T', note: 'N', columns: ['', 'a'], rows: [['x|y', '1\n2']] }
  expect(toMarkdown(table)).toBe('### T\n\nN\n\n|  | a |\n|---|--:|\n| x\\|y | 1 2 |\n')
})

describe('comparing', () => {
  async function compare(before: object, after: object) {
    const folder = await temporaryFolder()
    const [first, second] = [join(folder, 'a.json'), join(folder, 'b.json')]
    await writeResult(first, before as never)
    await writeResult(second, after as never)
    return compareResults(first, second)
  }

  it('accuracy on the same rows, with intervals; models of other names in their order', async () => {
    const better = await accuracyOf([createKnower('model 2', -1), createRuleSystem('always finished')])
    const [table] = await compare((await makeResults()).accuracy, better)
    expect(table?.rows[0]?.[0]).toBe('model 1 → model 2')
    expect(table?.rows[0]?.[1]).toBe('75.0 → 100.0')
    expect(table?.rows[0]?.[2]).toMatch(/^25\.0 \(1\d\.\d–\d\d\.\d\)$/)
    expect(table?.rows[1]).toEqual(expect.arrayContaining(['always finished', '0.0 (0.0–0.0)']))
  })

  it('streaming and latency', async () => {
    const { streaming, latency } = await makeResults()
    const [ends, overlaps] = await compare(streaming, streaming)
    expect(ends?.rows[0]?.[0]).toBe('silence only')
    expect(overlaps?.rows[0]).toEqual(['any word stops it', '100.0 → 100.0', '0.0 → 0.0'])
    const [times] = await compare(latency, latencyOf('model 2', 10))
    expect(times?.rows[1]).toEqual(['28 tokens, model 1 → model 2', '21.00', '11.00', '1.91'])
  })

  it('refuses what has nothing in common', async () => {
    const { accuracy, latency } = await makeResults()
    expect((await rejection(compare(accuracy, latency))).code).toBe('INVALID_RESULT')
    const others = await rejection(compare(accuracy, { ...accuracy, sets: [] }))
    expect(others.problem).toContain('no rows and systems in common')
  })
})

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
  expect(await problemOf(JSON.stringify(createHeader('latency', 1)))).toContain(
    'is a result of latency, expected one of accuracy',
  )
  expect((await rejection(readResults(await temporaryFolder()))).problem).toContain('has none of accuracy.json')
})

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
