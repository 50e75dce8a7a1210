import { quantile } from '../metrics/bootstrap.js'
import type { CaseResult, LatencyResult } from './latencyResult.js'

/** A figure of each run: the middle and the least and greatest. */
export interface RunsFigure {
  readonly median: number
  readonly low: number
  readonly high: number
}

/** Which times of a run: those of steady work, or the first after a rest. */
export type TimesKey = 'samplesMs' | 'restedMs'

/** Figures of several runs as one. */
export function overRuns(values: readonly number[]): RunsFigure {
  const sorted = [...values].sort((left, right) => left - right)
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0), high: quantile(sorted, 1) }
}

/** The middle time of a system in each run of a case. */
export function mediansOf({ systems }: CaseResult, name: string, times: TimesKey): number[] {
  const runs = systems.find((system) => system.name === name)?.runs ?? []
  return runs.map((run) => overRuns(run[times]).median)
}

/** All times of a system in a case, in steady work. */
export function samplesOf({ systems }: CaseResult, name: string): number[] {
  return (systems.find((system) => system.name === name)?.runs ?? []).flatMap(({ samplesMs }) => samplesMs)
}

/** How many times as long another system takes, in each run; empty if one of the two was not measured. */
export function ratiosOf(each: CaseResult, name: string, other: string, times: TimesKey): number[] {
  const others = mediansOf(each, other, times)
  return mediansOf(each, name, times).flatMap((median, run) => {
    const slower = others[run]
    return slower === undefined ? [] : [slower / median]
  })
}

/** What a case is called. */
export function caseName({ kind, tokens, cachedTokens }: CaseResult): string {
  return kind === 'fresh' ? `${tokens} tokens` : `${tokens - cachedTokens} new after ${cachedTokens}`
}

/** The name of the system that is measured for something, if one is. */
export function nameOfRole(
  { systems }: LatencyResult,
  role: LatencyResult['systems'][number]['role'],
): string | undefined {
  return systems.find((system) => system.role === role)?.name
}
