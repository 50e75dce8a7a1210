import { POLICIES, type PolicyName, waitFor } from '@turnwise/core'
import { areaUnderCurve } from '../metrics/areaUnderCurve.js'
import type { SystemFacts } from '../systems/system.js'
import { CUT_OFF_BUDGETS, LATENCY_BUDGETS_MS, type PolicyPoint, type TurnEndResult } from './streamingResult.js'
import {
  applySetting,
  applyWaits,
  cutOffsWithin,
  type JudgedSilence,
  latencyWithin,
  type OperatingPoint,
  sweep,
  sweepSilence,
} from './sweep.js'

type Sweep = (silences: readonly JudgedSilence[]) => OperatingPoint[]
type Choose = (points: readonly OperatingPoint[], budget: number) => OperatingPoint | undefined

/** The name of the baseline that knows no words. */
const SILENCE_ONLY = 'silence only'

/** Waiting tables are also made so much shorter and longer, for a curve. */
const SCALES = [0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1, 1.25, 1.5, 2, 2.5, 3] as const

/** What waiting for silence alone does. */
export function scoreSilenceOnly(silences: readonly JudgedSilence[]): TurnEndResult {
  return { name: SILENCE_ONLY, system: null, ...scoreCurve(silences, sweepSilence), areaUnderCurve: null }
}

/** What a system does, over all settings. */
export function scoreTurnEnds(system: SystemFacts, silences: readonly JudgedSilence[], lagMs: number): TurnEndResult {
  const area = areaUnderCurve(
    silences.map(({ turnProbability }) => turnProbability),
    silences.map(({ kind }) => kind === 'end'),
  )
  const curve = scoreCurve(silences, (some) => sweep(some, { lagMs }))
  return { name: system.name, system, ...curve, areaUnderCurve: Number.isNaN(area) ? null : area }
}

/** What the waiting tables of the policies do, as they are and scaled. */
export function scorePolicies(system: SystemFacts, silences: readonly JudgedSilence[], lagMs: number): PolicyPoint[] {
  return (Object.keys(POLICIES) as PolicyName[]).flatMap((policy) => {
    const { wait } = POLICIES[policy]
    return SCALES.map((scale) => {
      const waitOf = ({ turnProbability }: JudgedSilence) => Math.max(lagMs, scale * waitFor(wait, turnProbability))
      return { system: system.name, policy, scale, ...applyWaits(silences, waitOf) }
    })
  })
}

function scoreCurve(silences: readonly JudgedSilence[], run: Sweep) {
  const curve = run(silences)
  const halves = splitByMeeting(silences).map((half) => ({ half, points: run(half) }))
  const atBudget = (choose: Choose) => (budget: number) => ({
    budget,
    point: choose(curve, budget) ?? null,
    crossFitted: crossFit(halves, (points) => choose(points, budget)),
  })
  return {
    curve,
    cutOffsAtLatency: LATENCY_BUDGETS_MS.map(atBudget(cutOffsWithin)),
    latencyAtCutOffs: CUT_OFF_BUDGETS.map(atBudget(latencyWithin)),
  }
}

interface Half {
  readonly half: readonly JudgedSilence[]
  readonly points: readonly OperatingPoint[]
}

/** The setting chosen on one half, measured on the other, and the reverse. */
function crossFit(
  [first, second]: readonly Half[],
  choose: (points: readonly OperatingPoint[]) => OperatingPoint | undefined,
): Omit<OperatingPoint, 'setting'> | null {
  if (first === undefined || second === undefined) return null
  const measured = [[first, second] as const, [second, first] as const].map(([chosenOn, measuredOn]) => {
    const chosen = choose(chosenOn.points)
    return chosen === undefined ? undefined : applySetting(measuredOn.half, chosen.setting)
  })
  const [one, other] = measured
  if (one === undefined || other === undefined) return null
  return { cutOffRate: (one.cutOffRate + other.cutOffRate) / 2, latencyMs: (one.latencyMs + other.latencyMs) / 2 }
}

/** Two halves, every other meeting; none if there is only one meeting. */
function splitByMeeting(silences: readonly JudgedSilence[]): JudgedSilence[][] {
  const ids = [...new Set(silences.map(({ meeting }) => meeting))].sort()
  if (ids.length < 2) return []
  return [0, 1].map((side) => silences.filter(({ meeting }) => ids.indexOf(meeting) % 2 === side))
}
