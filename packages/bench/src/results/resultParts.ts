import type { ResultKind } from './resultHeader.js'

/**
 * What a part of a result has to be: a text, a number, or a figure, which is null where it cannot be told; a list of at
 * least so many like parts; parts by name; or what may be null or missing. Parts without which every reader does are not here.
 */
export type Part =
  | 'text'
  | 'number'
  | 'figure'
  | { readonly each: Part; readonly least: 0 | 1 }
  | { readonly parts: Parts }
  | { readonly orNull: Part }
  | { readonly orMissing: Part }
type Parts = Readonly<Record<string, Part>>

const listOf = (each: Part, least: 0 | 1 = 0): Part => ({ each, least })
const named = (parts: Parts): Part => ({ parts })
const orNull = (part: Part): Part => ({ orNull: part })
const orMissing = (part: Part): Part => ({ orMissing: part })

const HEADER: Parts = {
  createdAt: 'text',
  machine: named({
    processor: 'text',
    cores: 'number',
    memoryBytes: 'number',
    platform: 'text',
    loadAverage: 'number',
  }),
  versions: named({ node: 'text', turnwise: 'text', onnxruntime: 'text' }),
  seed: 'number',
}

const INTERVAL = listOf('figure', 1)
const intervalsOf = (...figures: readonly string[]): Part => {
  return orMissing(named(Object.fromEntries(figures.map((figure) => [figure, orMissing(INTERVAL)]))))
}
const SCORES: Parts = { accuracy: 'figure', macroF1: 'figure' }
const VIEW = named({
  ...SCORES,
  intervals: named({ accuracy: INTERVAL, macroF1: INTERVAL }),
  classes: listOf(named({ class: 'text', support: 'number', precision: 'figure', recall: 'figure', f1: 'figure' })),
  confusion: listOf(listOf('number')),
})
const GROUPS = listOf(named({ group: 'text', count: 'number', accuracy: 'figure', accuracyInState: 'figure' }))

const WORST_ERROR = named({
  id: 'text',
  expected: 'text',
  answered: 'text',
  confidence: 'figure',
  messages: orMissing(listOf(named({ content: 'text' }))),
})
const EXPECTATION = named({
  expect: 'text',
  rows: 'number',
  rightByItself: 'number',
  madeRight: listOf('text'),
  madeWrong: listOf('text'),
})

const SET_OF_SYSTEM = named({
  system: named({ name: 'text', kind: 'text' }),
  binary: VIEW,
  multiClass: VIEW,
  inState: VIEW,
  areaUnderCurve: named({ silent: 'figure', speaking: 'figure' }),
  lengthMatched: named({ pairs: 'number', accuracy: 'figure' }),
  groups: GROUPS,
  pairs: GROUPS,
  calibration: orNull(
    named({
      expectedCalibrationError: 'figure',
      bins: listOf(named({ confidence: 'figure', accuracy: 'figure', count: 'number' })),
    }),
  ),
  worst: listOf(WORST_ERROR),
  expectations: orMissing(listOf(EXPECTATION)),
  answers: 'text',
  answersInState: 'text',
})

const SET = named({
  name: 'text',
  title: 'text',
  rows: 'number',
  rowsOfSet: 'number',
  sha256: 'text',
  expected: 'text',
  clusters: orMissing('text'),
  majority: named({ binary: named(SCORES), multiClass: named(SCORES) }),
  systems: listOf(SET_OF_SYSTEM, 1),
})

const POINT: Parts = { latencyMs: 'figure', cutOffRate: 'figure' }
const BUDGETS = listOf(
  named({
    budget: 'number',
    point: orNull(named(POINT)),
    intervals: intervalsOf('cutOffRate', 'latencyMs', 'saved'),
    crossFitted: orNull(named(POINT)),
  }),
)
const OVERLAP: Parts = { backchannelsStopped: 'figure', interruptionsMissed: 'figure' }
const MOMENTS: Parts = { holds: 'number', ends: 'number', backchannels: 'number', interruptions: 'number' }

const TURN_END = named({
  name: 'text',
  curve: listOf(named({ ...POINT, setting: named({}) })),
  cutOffsAtLatency: BUDGETS,
  latencyAtCutOffs: BUDGETS,
})

const POLICY = named({
  ...POINT,
  system: 'text',
  policy: 'text',
  cutOffBudget: orMissing('number'),
  intervals: intervalsOf('cutOffRate', 'latencyMs'),
})

const SPREAD = named({ count: 'number', median: 'figure', p99: 'figure' })
const TIMES = listOf('number')

const CASE = named({
  kind: 'text',
  tokens: 'number',
  cachedTokens: 'number',
  systems: listOf(named({ name: 'text', runs: listOf(named({ samplesMs: TIMES, restedMs: TIMES })) })),
})

/** What every reader of a result relies on. */
export const RESULT_PARTS: Readonly<Record<ResultKind, Part>> = {
  accuracy: named({
    ...HEADER,
    resamples: 'number',
    sets: listOf(SET, 1),
    skipped: listOf(named({ name: 'text' })),
  }),
  streaming: named({
    ...HEADER,
    conversations: listOf('text'),
    resamples: orMissing('number'),
    lagMs: 'number',
    ...MOMENTS,
    found: named(MOMENTS),
    turnEnds: listOf(TURN_END, 1),
    policies: listOf(POLICY),
    overlaps: listOf(
      named({
        ...OVERLAP,
        name: 'text',
        intervals: intervalsOf('backchannelsStopped', 'interruptionsMissed'),
        curve: listOf(named(OVERLAP)),
      }),
    ),
  }),
  latency: named({
    ...HEADER,
    threads: 'number',
    pauseMs: 'number',
    steadyMs: 'number',
    systems: listOf(named({ name: 'text', role: 'text' }), 1),
    cases: listOf(CASE, 1),
    processes: listOf(
      named({
        name: 'text',
        runs: listOf(
          named({ loadMs: 'number', firstDecisionMs: 'number', sinceStartMs: 'number', peakBytes: 'number' }),
        ),
      }),
    ),
    throughput: listOf(named({ name: 'text', sessions: 'number', updatesPerSecond: 'figure', latencyMs: SPREAD })),
    batch: named({ prompts: 'number', tokensEach: 'number', promptsPerSecond: 'figure' }),
    load: listOf(
      named({
        name: 'text',
        calls: 'number',
        asked: 'number',
        answered: 'number',
        superseded: 'number',
        refused: 'number',
        latencyMs: SPREAD,
        loopDelayMs: SPREAD,
      }),
    ),
    soak: orNull(named({ sessions: 'number', points: listOf(named({ updates: 'number' })) })),
    python: listOf(named({ runtime: 'text', device: 'text', name: 'text', tokens: 'number', samplesMs: TIMES })),
  }),
}
