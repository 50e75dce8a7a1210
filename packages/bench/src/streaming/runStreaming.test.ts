import { join } from 'node:path'
import { createDetector } from '@turnwise/core'
import { createFakeModel, createFakeTokenizer, FAKE_MANIFEST } from '@turnwise/core/testing'
import { expect, test } from 'vitest'
import { DEFAULT_STREAMING } from '../defaults.js'
import { streamingCharts } from '../report/streamingCharts.js'
import { openAnswerStore } from '../systems/answerStore.js'
import { createDetectorSystem } from '../systems/detectorSystem.js'
import { createRuleSystem } from '../systems/rules.js'
import { rejection } from '../test/rejection.js'
import { type SpokenUnit, spokenMeeting } from '../test/spokenMeeting.js'
import { jsonLines, temporaryFolder } from '../test/temporaryFolder.js'
import { runStreaming } from './runStreaming.js'

const SECRET = 'secretword'

function unitsOf(shift: number): SpokenUnit[] {
  return Array.from({ length: 4 }, (_, round): SpokenUnit[] => {
    const at = 20 * round + shift
    return [
      ['A', at, `${SECRET} please tell me`],
      ['A', at + 2, 'about the account'],
      ['B', at + 4, 'of course it is a long story about it all'],
      ['A', at + 5.2, 'mmhmm', 'b'],
      ['B', at + 8, 'and then there is this', 's.%-'],
      ['A', at + 8.7, 'no wait a moment'],
    ]
  }).flat()
}

test('a whole run: everything is counted and nothing is quoted', async () => {
  const meetings = ['one', 'two'].map((id, index) => spokenMeeting(id, unitsOf(index / 10)))
  const folder = await temporaryFolder({
    'units.jsonl': jsonLines(meetings.map(({ units }) => units)),
    'words.jsonl': jsonLines(meetings.map(({ words }) => words)),
  })
  const files = { units: join(folder, 'units.jsonl'), words: join(folder, 'words.jsonl'), onlyTest: false }
  const model = createFakeModel()
  const detector = createDetector(model, createFakeTokenizer(), FAKE_MANIFEST)
  const systems = [createDetectorSystem(detector, { name: 'fake', kind: 'model' }), createRuleSystem('always finished')]
  const seen: string[] = []
  const store = await openAnswerStore(undefined)
  const options = {
    ...DEFAULT_STREAMING,
    resamples: 5,
    files,
    systems,
    store,
    onProgress: ({ set }: { set: string }) => seen.push(set),
  }
  const result = await runStreaming(options)
  expect(result).toMatchObject({ conversations: ['one', 'two'], lagMs: 200, backchannels: 8, interruptions: 8 })
  expect(result.holds).toBeGreaterThan(0)
  expect(result.ends).toBeGreaterThan(0)
  expect(result.turnEnds.map(({ name }) => name)).toEqual([
    'silence only',
    'fake',
    "fake, with the call's pace",
    'fake, waiting tables',
    'always finished',
  ])
  expect(result.overlaps.map(({ name }) => name).filter((name) => name.startsWith('fake'))).toEqual([
    'fake, from 0.5',
    'fake, policy patient',
    'fake, policy balanced',
    'fake, policy eager',
    'fake, policy meeting',
  ])
  expect(result.overlaps[0]).toMatchObject({
    name: 'any word stops it',
    backchannelsStopped: 1,
    interruptionsMissed: 0,
  })
  expect(new Set(seen)).toEqual(new Set(['silences', 'overlaps']))
  expect(JSON.stringify(result)).not.toContain(SECRET)
  const small = await runStreaming({ ...options, limit: 3 })
  expect(small).toMatchObject({ holds: 3, ends: 3, backchannels: 3, interruptions: 3, found: result.found })
  expect(result).toMatchObject(result.found)
  // Where one kind of overlaps is missing, their chart would have no places.
  expect([result, { ...result, interruptions: 0 }].map((each) => streamingCharts(each).length)).toEqual([2, 1])
})

test.each<[string, SpokenUnit[], string]>([
  [
    'only holds',
    [
      ['A', 0, 'i would'],
      ['A', 1, 'like tea'],
    ],
    'holds: 1, ends of turns: 0',
  ],
  [
    'only ends',
    [
      ['A', 0, 'some tea'],
      ['B', 1, 'of course'],
    ],
    'holds: 0, ends of turns: 1',
  ],
  ['no silences', [['A', 0, 'some tea']], 'holds: 0, ends of turns: 0'],
])('%s cannot be measured', async (_, spoken, problem) => {
  const { units, words } = spokenMeeting('m', spoken)
  const folder = await temporaryFolder({ 'units.jsonl': jsonLines([units]), 'words.jsonl': jsonLines([words]) })
  const files = { units: join(folder, 'units.jsonl'), words: join(folder, 'words.jsonl'), onlyTest: false }
  const store = await openAnswerStore(undefined)
  const error = await rejection(runStreaming({ ...DEFAULT_STREAMING, files, systems: [], store }))
  expect(error.code).toBe('INVALID_DATASET')
  expect(error.problem).toContain(`units.jsonl: ${problem}, expected some of each`)
})

test('words that come after every silence are a wrong option', async () => {
  const files = { units: 'none', words: 'none', onlyTest: false }
  const store = await openAnswerStore(undefined)
  const error = await rejection(runStreaming({ ...DEFAULT_STREAMING, files, systems: [], store, lagMs: 6000 }))
  expect(error.code).toBe('INVALID_OPTION')
  expect(error.problem).toBe('The lag is 6000 ms, expected at most 5000: no longer silence is measured.')
})
