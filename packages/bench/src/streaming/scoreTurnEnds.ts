import { POLICIES, type PolicyName } from '@turnwise/core'
import { areaUnderCurve } from '../metrics/areaUnderCurve.js'
import type { BootstrapOptions } from '../metrics/bootstrap.js'
import type { SystemFacts } from '../systems/system.js'
import { budgetIntervals } from './budgetIntervals.js'
import { curveOf, cutOffsWithin, latencyWithin } from './curve.js'
import { intervalsByMeeting } from './intervals.js'
import {
  applySetting,
  figuresOf,
  type JudgedSilence,
  type OperatingPoint,
  type SweepOptions,
  waitsOf,
} from './setting.js'
import {
  type BudgetPoints,
  CUT_OFF_BUDGETS,
  LATENCY_BUDGETS_MS,
  type PolicyPoint,
  type TurnEndResult,
} from './streamingResult.js'
import { type Sweep, sweepPaced, sweepSilence, sweepTables, sweepThresholds } from './sweep.js'

/** Options of the scores. */
export interface ScoreOptions extends SweepOptions {
  readonly bootstrap: BootstrapOptions
}

type Prepare = (silences: readonly JudgedSilence[], options: SweepOptions) => Sweep
type Choose = (points: readonly OperatingPoint[], budget: number) => OperatingPoint | undefined

/** The name of the baseline that knows no words. */
const SILENCE_ONLY = 'silence only'

const KINDS: readonly JudgedSilence['kind'][] = ['hold', 'end']

/** What waiting for silence alone does. */
export function scoreSilenceOnly(silences: readonly JudgedSilence[], options: ScoreOptions): TurnEndResult {
  const curve = scoreCurve(silences, sweepSilence, options)
  return { name: SILENCE_ONLY, system: null, ...curve, areaUnderCurve: null }
}

/** What a system does, over all settings of a fixed threshold. */
export function scoreTurnEnds(
  system: SystemFacts,
  silences: readonly JudgedSilence[],
  options: ScoreOptions,
): TurnEndResult {
  const area = areaUnderCurve(
    silences.map(({ turnProbability }) => turnProbability),
    silences.map(({ kind }) => kind === 'end'),
  )
  const curve = scoreCurve(silences, sweepThresholds, options)
  return { name: system.name, system, ...curve, areaUnderCurve: Number.isNaN(area) ? null : area }
}

/** The same with what the default policy adds for the call's pace: what is left to the tables. */
export function scorePaced(
  system: SystemFacts,
  silences: readonly JudgedSilence[],
  options: ScoreOptions,
): TurnEndResult {
  const curve = scoreCurve(silences, sweepPaced, options)
  return { name: `${system.name}, with the call's pace`, system, ...curve, areaUnderCurve: null }
}

/** What a system does with the waiting tables of the policies, which wait the less the more probable an end is. */
export function scoreTables(
  system: SystemFacts,
  silences: readonly JudgedSilence[],
  options: ScoreOptions,
): TurnEndResult {
  const curve = scoreCurve(silences, sweepTables, options)
  return { name: `${system.name}, waiting tables`, system, ...curve, areaUnderCurve: null }
}

/** What the policies do as they are. */
export function scorePolicies(
  system: SystemFacts,
  silences: readonly JudgedSilence[],
  options: ScoreOptions,
): PolicyPoint[] {
  return (Object.keys(POLICIES) as PolicyName[]).map((policy) => {
    const waits = waitsOf(silences, { policy, scale: 1 }, options)
    const figures = (drawn?: Int32Array) => figuresOf(silences, waits, drawn)
    const intervals = intervalsByMeeting(silences, figures, options.bootstrap)
    const { cutOffBudget } = POLICIES[policy]
    return { system: system.name, policy, cutOffBudget, ...figures(), intervals }
  })
}

function scoreCurve(silences: readonly JudgedSilence[], prepare: Prepare, options: ScoreOptions) {
  const sweep = prepare(silences, options)
  const curve = curveOf(sweep, silences.length)
  const halves = splitByMeeting(silences).map((half) => {
    return { half, points: curveOf(prepare(half, options), half.length) }
  })
  const intervals = budgetIntervals(silences, sweep, options.bootstrap)
  const atBudget =
    (choose: Choose, found: readonly BudgetPoints['intervals'][]) => (budget: number, index: number) => ({
      budget,
      point: choose(curve, budget) ?? null,
      intervals: found[index],
      crossFitted: crossFit(halves, options, (points) => choose(points, budget)),
    })
  return {
    curve,
    cutOffsAtLatency: LATENCY_BUDGETS_MS.map(atBudget(cutOffsWithin, intervals.cutOffsAtLatency)),
    latencyAtCutOffs: CUT_OFF_BUDGETS.map(atBudget(latencyWithin, intervals.latencyAtCutOffs)),
  }
}

interface Half {
  readonly half: readonly JudgedSilence[]
  readonly points: readonly OperatingPoint[]
}

/** The setting chosen on one half, measured on the other, and the reverse. */
function crossFit(
  [first, second]: readonly Half[],
  options: SweepOptions,
  choose: (points: readonly OperatingPoint[]) => OperatingPoint | undefined,
): Omit<OperatingPoint, 'setting'> | null {
  if (first === undefined || second === undefined) return null
  const measured = [[first, second] as const, [second, first] as const].map(([chosenOn, measuredOn]) => {
    const chosen = choose(chosenOn.points)
    return chosen === undefined ? undefined : applySetting(measuredOn.half, chosen.setting, options)
  })
  const [one, other] = measured
  if (one === undefined || other === undefined) return null
  return { cutOffRate: (one.cutOffRate + other.cutOffRate) / 2, latencyMs: (one.latencyMs + other.latencyMs) / 2 }
}

/** Two halves, every other meeting; none if one has no holds or no ends, where any setting would be perfect. */
function splitByMeeting(silences: readonly JudgedSilence[]): JudgedSilence[][] {
  const ids = [...new Set(silences.map(({ meeting }) => meeting))].sort()
  const halves = [0, 1].map((side) => silences.filter(({ meeting }) => ids.indexOf(meeting) % 2 === side))
  const isWhole = halves.every((half) => KINDS.every((wanted) => half.some(({ kind }) => kind === wanted)))
  return isWhole ? halves : []
}
