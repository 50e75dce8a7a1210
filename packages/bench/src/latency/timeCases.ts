import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CancelSignal, throwIfAborted } from '@turnwise/core'
import type { CaseResult, CaseRun } from './latencyResult.js'
import { roundMs } from './spreadOf.js'
import { NEW_TOKENS, type TimedSystem, type Work } from './timedSystem.js'

/** What is timed: the published protocol's prompts, and ours, a word after others. */
export const CASES = [
  { kind: 'fresh', tokens: 8 },
  { kind: 'fresh', tokens: 28 },
  { kind: 'fresh', tokens: 54 },
  { kind: 'update', cachedTokens: 50 },
  { kind: 'update', cachedTokens: 250 },
] as const

/** Options of {@link timeCases}. */
export interface TimeCasesOptions {
  /** Times a system does each piece of work in a run. */
  readonly rounds: number
  readonly runs: number
  /** The rest between two systems: the threads of the one do not spin on while the other works. */
  readonly pauseMs: number
  readonly signal?: CancelSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

const WARM_UP_ROUNDS = 3

/** A processor that has worked for so long has its full clock again. */
export const STEADY_MS = 50

/**
 * Times every case with every system. In each round all systems take their turn: they meet the same noise. In its turn
 * each is timed twice: the first time after the pause, when the processor and its memory have clocked down and the caches
 * hold what the others left, and once it has worked for {@link STEADY_MS}.
 */
export async function timeCases(
  systems: readonly TimedSystem[],
  { rounds, runs, pauseMs, signal, onProgress }: TimeCasesOptions,
): Promise<CaseResult[]> {
  const total = CASES.length * runs * (rounds + WARM_UP_ROUNDS)
  let done = 0
  const results: CaseResult[] = []
  for (const each of CASES) {
    const works: Work[] = []
    for (const system of systems) {
      works.push(await (each.kind === 'fresh' ? system.fresh(each.tokens) : system.update(each.cachedTokens)))
    }
    const timed: CaseRun[][] = systems.map(() => [])
    for (let run = 0; run < runs; run += 1) {
      const turns: Turn[][] = systems.map(() => [])
      for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
        throwIfAborted(signal)
        for (const [index, work] of works.entries()) {
          await sleep(pauseMs)
          const turn = await takeTurn(work)
          if (round >= 0) turns[index]?.push(turn)
        }
        done += 1
        onProgress?.(done, total)
      }
      for (const [index, taken] of turns.entries()) timed[index]?.push(runOf(taken))
    }
    const cachedTokens = each.kind === 'update' ? each.cachedTokens : 0
    const tokens = each.kind === 'update' ? cachedTokens + NEW_TOKENS : each.tokens
    const bySystem = systems.map(({ facts }, index) => ({ name: facts.name, runs: timed[index] ?? [] }))
    results.push({ kind: each.kind, tokens, cachedTokens, systems: bySystem })
  }
  return results
}

/** What is known of a system in its turn. */
interface Turn {
  readonly steadyMs: number
  readonly restedMs: number
  readonly tokensRun: number
}

async function takeTurn(work: Work): Promise<Turn> {
  const rested = await timeOnce(work)
  let workedMs = rested.timeMs
  do workedMs += (await timeOnce(work)).timeMs
  while (workedMs < STEADY_MS)
  const steady = await timeOnce(work)
  return { steadyMs: steady.timeMs, restedMs: rested.timeMs, tokensRun: steady.tokensRun }
}

async function timeOnce(work: Work) {
  const startMs = performance.now()
  const tokensRun = await work()
  return { timeMs: performance.now() - startMs, tokensRun }
}

function runOf(turns: readonly Turn[]): CaseRun {
  return {
    samplesMs: turns.map(({ steadyMs }) => roundMs(steadyMs)),
    restedMs: turns.map(({ restedMs }) => roundMs(restedMs)),
    tokensRun: turns.at(-1)?.tokensRun ?? 0,
  }
}
