import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ACTIONS, createDetector, type Message } from '@turnwise/core'
import { createFakeModel, createFakeTokenizer, FAKE_MANIFEST } from '@turnwise/core/testing'
import { describe, expect, it, test } from 'vitest'
import { DEFAULT_ACCURACY } from '../defaults.js'
import { openAnswerStore } from '../systems/answerStore.js'
import { createDetectorSystem } from '../systems/detectorSystem.js'
import { createRuleSystem } from '../systems/rules.js'
import type { BenchmarkSystem } from '../systems/system.js'
import { rejection } from '../test/rejection.js'
import { jsonLines, temporaryFolder } from '../test/temporaryFolder.js'
import { type AccuracyOptions, runAccuracy } from './runAccuracy.js'

const SECRET = 'secret words'
const AGENT: Message = { role: 'assistant', content: 'your balance is' }

/** Forty rows, ten of each action; half of each in the group "even". */
const ROWS = Array.from({ length: 40 }, (_, index) => ({
  id: `r${index}`,
  messages: [...(index % 4 > 1 ? [AGENT] : []), { role: 'user', content: `${SECRET} ${index}` }],
  action: ACTIONS[index % 4],
  group: index % 8 < 4 ? 'even' : 'odd',
  ...(index < 4 ? { pair: index < 2 ? 'p' : 'q' } : {}),
  // Of two groups.
  ...(index === 8 || index === 13 ? { pair: 'r' } : {}),
}))

async function optionsFor(overrides: Partial<AccuracyOptions> = {}): Promise<AccuracyOptions> {
  const folder = await temporaryFolder({ 'rows.jsonl': jsonLines(ROWS) })
  return {
    ...DEFAULT_ACCURACY,
    resamples: 50,
    sets: [join(folder, 'rows.jsonl')],
    sources: { hubEndpoint: 'http://127.0.0.1:9', cacheDir: folder },
    systems: [createRuleSystem('always finished')],
    store: await openAnswerStore(undefined),
    ...overrides,
  }
}

/** A system that knows everything but what is interrupting, and counts what it is asked. */
function createKnower(): BenchmarkSystem & { readonly asked: number } {
  let asked = 0
  const model = createFakeModel()
  const system = createDetectorSystem(createDetector(model, createFakeTokenizer(), FAKE_MANIFEST), {
    name: 'knower',
    kind: 'model',
  })
  return {
    ...system,
    get asked() {
      return asked
    },
    async answer(rows) {
      asked += rows.length
      return rows.map(({ messages }) => {
        const index = Number(messages.at(-1)?.content.split(' ').at(-1)) % 4
        const action = ACTIONS[index === 2 ? 3 : index] ?? 'start_speaking'
        const probabilities = ACTIONS.map((each) => (each === action ? 0.7 : 0.1))
        return { action, actionInState: action, turnProbability: index === 0 ? 0.875 : 0.125, probabilities }
      })
    },
  }
}

test('a rule and a system that knows nearly everything', async () => {
  const result = await runAccuracy(await optionsFor({ systems: [createRuleSystem('always finished'), createKnower()] }))
  const [set] = result.sets
  const [rule, knower] = set?.systems ?? []
  expect(set).toMatchObject({
    name: 'rows.jsonl',
    rows: 40,
    rowsOfSet: 40,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  // The two rows of a pair are drawn together.
  expect(set?.clusters).toMatch(/^0 0 1 1 2 3 4 5 6 7 8 9 10 6 11 /)
  expect(set?.majority.multiClass.accuracy).toBe(0.25)
  expect(rule?.multiClass).toMatchObject({ accuracy: 0.25, rows: 40 })
  expect(rule?.inState.accuracy).toBe(0.5)
  expect(rule?.binary.accuracy).toBe(0.5)
  expect(rule?.calibration).toBeNull()
  expect(rule?.areaUnderCurve).toEqual({ silent: 0.5, speaking: 0.5 })
  expect(knower?.multiClass.accuracy).toBe(0.75)
  expect(knower?.multiClass.macroF1).toBeCloseTo((1 + 1 + 0 + 2 / 3) / 4, 12)
  expect(knower?.multiClass.confusion[2]).toEqual([0, 0, 0, 10])
  expect(knower?.binary.confusion).toEqual([
    [20, 0],
    [10, 10],
  ])
  expect(knower?.areaUnderCurve).toEqual({ silent: 1, speaking: 0.5 })
  expect(knower?.groups).toEqual([
    { group: 'even', count: 20, accuracy: 0.75, accuracyInState: 0.75 },
    { group: 'odd', count: 20, accuracy: 0.75, accuracyInState: 0.75 },
  ])
  expect(knower?.pairs.map(({ group, count, accuracy }) => [group, count, accuracy])).toEqual([
    ['all', 3, 2 / 3],
    ['even', 2, 0.5],
  ])
  expect(knower?.calibration?.expectedCalibrationError).toBeCloseTo(0.05, 12)
  expect(knower?.worst).toHaveLength(10)
  expect(knower?.worst[0]).toMatchObject({
    expected: 'start_listening',
    answered: 'continue_speaking',
    confidence: 0.875,
  })
  expect(knower?.answers).toBe('0133'.repeat(10))
  const [low, high] = knower?.multiClass.intervals.accuracy ?? [1, 0]
  expect(low).toBeLessThan(0.75)
  expect(high).toBeGreaterThan(0.75)
})

test('a result holds no text and no path', async () => {
  const options = await optionsFor()
  const text = JSON.stringify(await runAccuracy(options))
  expect(text).not.toContain(SECRET)
  expect(text).not.toContain(options.sources.cacheDir)
  expect(JSON.stringify(await runAccuracy({ ...options, quote: true }))).toContain(SECRET)
})

test('the same seed gives the same result', async () => {
  const options = await optionsFor({ limit: 13 })
  const [first, second] = [await runAccuracy(options), await runAccuracy(options)]
  expect(second.sets).toEqual(first.sets)
  expect(first.sets[0]).toMatchObject({ rows: 13, rowsOfSet: 40 })
})

describe('a run that broke off', () => {
  it('goes on where it stopped', async () => {
    const path = join(await temporaryFolder(), 'answers.jsonl')
    const signal = { aborted: false }
    const first = createKnower()
    const small = { ...first, batchSize: 8 }
    const onProgress = ({ done }: { done: number }) => {
      signal.aborted = done >= 16
    }
    const options = await optionsFor({ systems: [small], store: await openAnswerStore(path), signal, onProgress })
    expect((await rejection(runAccuracy(options))).code).toBe('ABORTED')
    // As if the last line had not been written whole.
    const kept = await readFile(path, 'utf8')
    expect(kept.trim().split('\n')).toHaveLength(16)
    expect(kept).not.toContain(SECRET)
    const second = createKnower()
    const systems = [second]
    const whole = await runAccuracy({
      ...options,
      systems,
      store: await openAnswerStore(path),
      signal: undefined,
      onProgress: undefined,
    })
    expect(second.asked).toBe(24)
    expect(whole.sets[0]?.systems[0]?.answers).toBe('0133'.repeat(10))
  })

  it('ignores a line that was cut off', async () => {
    const folder = await temporaryFolder({ 'answers.jsonl': '["a","b",0,0,0.5]\n["a","c",0' })
    const store = await openAnswerStore(join(folder, 'answers.jsonl'))
    expect(store.find(createRuleSystem('always finished'), { messages: [], agentSpeaking: false })).toBeUndefined()
  })
})

describe('files that are named', () => {
  it.each([
    ['is not there', 'none.jsonl', 'DATASET_NOT_FOUND'],
    ['has a wrong row', 'wrong.jsonl', 'INVALID_DATASET'],
  ])('where one %s nothing is asked', async (_, name, code) => {
    const folder = await temporaryFolder({ 'wrong.jsonl': jsonLines([{ messages: [], action: 7 }]) })
    const knower = createKnower()
    const options = await optionsFor({ systems: [knower] })
    const error = await rejection(runAccuracy({ ...options, sets: [...options.sets, join(folder, name)] }))
    expect([error.code, knower.asked]).toEqual([code, 0])
  })

  it('alike are told apart', async () => {
    const options = await optionsFor({ resamples: 10 })
    const folder = await temporaryFolder({ 'rows.jsonl': jsonLines(ROWS.slice(4, 8)) })
    const { sets } = await runAccuracy({ ...options, sets: [...options.sets, join(folder, 'rows.jsonl')] })
    expect(sets.map(({ name, rows }) => [name, rows])).toEqual([
      ['rows.jsonl', 40],
      ['rows.jsonl (2)', 4],
    ])
    expect(sets[1]?.clusters).toBeUndefined()
  })
})

test('sets that are not at hand are left out, unless there is none', async () => {
  const options = await optionsFor()
  const result = await runAccuracy({ ...options, sets: [...options.sets, 'ten', 'published-ten', 'published-swda'] })
  expect(result.skipped).toEqual([
    { name: 'ten', reason: 'DATASET_NOT_FOUND' },
    { name: 'published-ten', reason: 'HUB_UNREACHABLE' },
    // A hub that gave no answer is not asked again.
    { name: 'published-swda', reason: 'OFFLINE' },
  ])
  const alone = await rejection(runAccuracy({ ...options, sets: ['published-ten'] }))
  expect(alone.code).toBe('HUB_UNREACHABLE')
  const none = await rejection(runAccuracy({ ...options, sets: ['ten', 'published-ten'] }))
  expect(none.problem).toContain('is at hand: ten (DATASET_NOT_FOUND), published-ten (HUB_UNREACHABLE).')
})
