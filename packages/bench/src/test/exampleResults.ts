import { join } from 'node:path'
import { ACTIONS } from '@turnwise/core'
import { type AccuracyOptions, runAccuracy } from '../accuracy/runAccuracy.js'
import { DEFAULT_ACCURACY } from '../defaults.js'
import type { LatencyResult } from '../latency/latencyResult.js'
import { createHeader } from '../results/resultHeader.js'
import { runStreaming } from '../streaming/runStreaming.js'
import { openAnswerStore } from '../systems/answerStore.js'
import { createRuleSystem } from '../systems/rules.js'
import type { BenchmarkSystem } from '../systems/system.js'
import { spokenMeeting } from './spokenMeeting.js'
import { jsonLines, temporaryFolder } from './temporaryFolder.js'

/** Right on every row but those of some class. */
export function createKnower(name: string, wrongOn: number): BenchmarkSystem {
  return {
    facts: { name, kind: 'model', sha256: 'ab'.repeat(32), sizeBytes: 86_000_000 },
    batchSize: 100,
    close: async () => undefined,
    answer: async (rows) =>
      rows.map(({ messages }) => {
        const class_ = Number(messages.at(-1)?.content.split(' ').at(-1)) % 4
        const answered = class_ === wrongOn ? (class_ + 1) % 4 : class_
        const action = ACTIONS[answered] ?? 'start_speaking'
        const probabilities = ACTIONS.map((_, index) => (index === answered ? 0.7 : 0.1))
        return { action, actionInState: action, turnProbability: answered === 0 ? 0.9 : 0.1, probabilities }
      }),
  }
}

/** Forty rows, ten of each class. */
export async function accuracyOf(systems: readonly BenchmarkSystem[]) {
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
    ['B', 9, 'and then there is this', 's.%-'],
    ['A', 9.7, 'no wait a moment'],
  ])
  const folder = await temporaryFolder({ 'u.jsonl': jsonLines([meeting.units]), 'w.jsonl': jsonLines([meeting.words]) })
  const files = { units: join(folder, 'u.jsonl'), words: join(folder, 'w.jsonl'), onlyTest: false }
  return runStreaming({ files, systems, store: await openAnswerStore(undefined), lagMs: 200, seed: 1, resamples: 5 })
}

/** Of a model that takes so long, beside the published way. */
export function latencyOf(name: string, ms: number): LatencyResult {
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

/** A result of each kind. */
export async function makeResults() {
  const systems = [createKnower('model 1', 2), createRuleSystem('always finished')]
  const [accuracy, streaming] = [await accuracyOf(systems), await streamingOf(systems)]
  return { accuracy, streaming, latency: latencyOf('model 1', 20) }
}
