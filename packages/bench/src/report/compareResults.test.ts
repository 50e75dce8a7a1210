import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeResult } from '../results/resultFile.js'
import { createRuleSystem } from '../systems/rules.js'
import { accuracyOf, createKnower, latencyOf, makeResults } from '../test/exampleResults.js'
import { rejection } from '../test/rejection.js'
import { temporaryFolder } from '../test/temporaryFolder.js'
import { compareResults } from './compareResults.js'

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

  it('accuracy, drawing rows that depend on each other together', async () => {
    const { accuracy } = await makeResults()
    const better = await accuracyOf([createKnower('model 2', -1)])
    const withClusters = (result: typeof accuracy, clusters: string | undefined) => {
      return { ...result, sets: result.sets.map((set) => ({ ...set, clusters })) }
    }
    // Each has one row of every action, and so one that was wrong.
    const fours = Array.from({ length: 40 }, (_, row) => Math.floor(row / 4)).join(' ')
    const [table] = await compare(withClusters(accuracy, undefined), withClusters(better, fours))
    expect(table?.rows[0]?.[2]).toBe('25.0 (25.0–25.0)')
    // An older result does not know them.
    const [older] = await compare(withClusters(accuracy, fours), withClusters(better, undefined))
    expect(older?.rows).toEqual(table?.rows)
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
    const sets = accuracy.sets.map((set) => ({ ...set, sha256: 'other' }))
    const others = await rejection(compare(accuracy, { ...accuracy, sets }))
    expect(others.problem).toContain('no rows and systems in common')
  })

  it('lists what only one result has, and sets of other rows', async () => {
    const { accuracy, latency } = await makeResults()
    const [set] = accuracy.sets
    const after = {
      ...accuracy,
      seed: 7,
      sets: [
        { ...set, systems: set?.systems.slice(0, 1) },
        { ...set, name: 'sampled', rows: 20, sha256: 'other' },
        { ...set, name: 'new' },
      ],
    }
    const before = { ...accuracy, sets: [set, { ...set, name: 'sampled' }, { ...set, name: 'old' }] }
    const tables = await compare(before, after)
    expect(tables.map(({ title }) => title)).toEqual(['rows.jsonl, 40 rows', 'Not compared'])
    expect(tables[1]?.rows).toEqual([
      ['sampled', 'other rows: all 40, then 20 of 40 drawn by seed 7'],
      ['old', 'only in the first result'],
      ['new', 'only in the second result'],
      ['rows.jsonl, always finished', 'only in the first result'],
    ])
    const times = await compare({ ...latency, systems: latency.systems.slice(1) }, latency)
    expect(times[1]?.rows).toEqual([['published way', 'only in the second result']])
  })

  it('refuses streaming of other moments, or heard otherwise', async () => {
    const { streaming } = await makeResults()
    const { ends } = streaming.found
    const problemOf = async (before: object, after: object) => {
      const error = await rejection(compare({ ...streaming, ...before }, { ...streaming, ...after }))
      expect(error.code).toBe('INVALID_RESULT')
      return error.problem
    }
    expect(await problemOf({}, { lagMs: 500 })).toContain('heard 200 and 500 ms after their ends')
    expect(await problemOf({}, { backchannels: 0 })).toContain('1 and 0 backchannels (--limit)')
    expect(await problemOf({}, { conversations: ['other'] })).toContain('other conversations')
    const found = { ...streaming.found, holds: 100 }
    expect(await problemOf({ found }, { found: { ...found, ends: 90 } })).toContain(`found ${ends} and 90 ends`)
    expect(await problemOf({ found }, { found, seed: 2 })).toContain('drawn by the seeds 1 and 2')
    // Where all was played nothing was drawn.
    expect(await compare(streaming, { ...streaming, seed: 2 })).toHaveLength(2)
  })
})
