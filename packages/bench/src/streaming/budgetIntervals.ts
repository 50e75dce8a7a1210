import type { BootstrapOptions } from '../metrics/bootstrap.js'
import { type Intervals, intervalsByMeeting } from './intervals.js'
import type { JudgedSilence } from './setting.js'
import { CUT_OFF_BUDGETS, LATENCY_BUDGETS_MS } from './streamingResult.js'
import { type Sweep, sweepSilence } from './sweep.js'

/** Intervals of what is stated within the budgets, each in their order. */
interface BudgetIntervals {
  readonly cutOffsAtLatency: readonly Intervals<'cutOffRate'>[]
  readonly latencyAtCutOffs: readonly Intervals<'latencyMs' | 'saved'>[]
}

/**
 * Intervals by drawing meetings. In every drawing the best setting is chosen anew, and silence alone is swept too: what
 * is saved is of the same meetings. The least of many settings is by chance somewhat lower in a drawing than in all
 * silences, as there it is lower than it will be in others: the intervals lie a little to the good side.
 */
export function budgetIntervals(
  silences: readonly JudgedSilence[],
  sweep: Sweep,
  bootstrap: BootstrapOptions,
): BudgetIntervals {
  const silence = sweepSilence(silences)
  const figuresOf = (drawn: Int32Array) => {
    const { cutOffRates, latenciesMs } = leastWithin(sweep, drawn)
    const saved = leastWithin(silence, drawn).latenciesMs.map((baseMs, index) => 1 - (latenciesMs[index] ?? 0) / baseMs)
    return { ...named('cutOffRate', cutOffRates), ...named('latencyMs', latenciesMs), ...named('saved', saved) }
  }
  const intervals = intervalsByMeeting<string>(silences, figuresOf, bootstrap)
  return {
    cutOffsAtLatency: LATENCY_BUDGETS_MS.map((_, index) => ({ cutOffRate: intervals[`cutOffRate ${index}`] })),
    latencyAtCutOffs: CUT_OFF_BUDGETS.map((_, index) => {
      return { latencyMs: intervals[`latencyMs ${index}`], saved: intervals[`saved ${index}`] }
    }),
  }
}

/** The least figures within each budget; infinite where no setting keeps to it. */
function leastWithin(sweep: Sweep, drawn: Int32Array) {
  const cutOffs = LATENCY_BUDGETS_MS.map((budget) => ({ budget, least: Number.POSITIVE_INFINITY }))
  const latencies = CUT_OFF_BUDGETS.map((budget) => ({ budget, least: Number.POSITIVE_INFINITY }))
  sweep(drawn, (cutOffRate, latencyMs) => {
    for (const each of cutOffs) if (latencyMs <= each.budget && cutOffRate < each.least) each.least = cutOffRate
    for (const each of latencies) if (cutOffRate <= each.budget && latencyMs < each.least) each.least = latencyMs
  })
  return { cutOffRates: cutOffs.map(({ least }) => least), latenciesMs: latencies.map(({ least }) => least) }
}

function named(figure: string, values: readonly number[]): Record<string, number> {
  return Object.fromEntries(values.map((value, index) => [`${figure} ${index}`, value]))
}
