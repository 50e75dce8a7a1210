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
  /** Between two systems, so that the threads of the one do not spin on while the other works. */
  readonly pauseMs: number
  readonly signal?: CancelSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

const WARM_UP_ROUNDS = 3

/**
 * Times every case with every system. In each round all systems take their turn: they meet the same noise. In its turn
 * each does its work twice, and the second counts: the first would measure how much of it the others have driven out of
 * the processor's caches, which depends on who they are.
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
      const samples: number[][] = systems.map(() => [])
      const tokensRun: number[] = []
      for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
        throwIfAborted(signal)
        for (const [index, work] of works.entries()) {
          await sleep(pauseMs)
          await work()
          const startMs = performance.now()
          tokensRun[index] = await work()
          if (round >= 0) samples[index]?.push(roundMs(performance.now() - startMs))
        }
        done += 1
        onProgress?.(done, total)
      }
      for (const [index, samplesMs] of samples.entries()) {
        timed[index]?.push({ samplesMs, tokensRun: tokensRun[index] ?? 0 })
      }
    }
    const cachedTokens = each.kind === 'update' ? each.cachedTokens : 0
    const tokens = each.kind === 'update' ? cachedTokens + NEW_TOKENS : each.tokens
    const bySystem = systems.map(({ facts }, index) => ({ name: facts.name, runs: timed[index] ?? [] }))
    results.push({ kind: each.kind, tokens, cachedTokens, systems: bySystem })
  }
  return results
}
