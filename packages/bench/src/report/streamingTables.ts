import type { BudgetPoints, StreamingResult, TurnEndResult } from '../streaming/streamingResult.js'
import { count, decimals, decimalsWithin, percent, percentWithin, type ReportTable } from './reportTable.js'

/** Every table of a result of streaming. */
export function streamingTables(result: StreamingResult): ReportTable[] {
  return [budgetTable(result), crossFittedTable(result), policyTable(result), overlapTable(result)].filter(
    ({ rows }) => rows.length > 0,
  )
}

function budgetTable({ turnEnds, holds, ends, found, lagMs }: StreamingResult): ReportTable {
  const silence = turnEnds[0]
  return {
    title: `Cut-offs against latency: ${sampled(holds, found.holds)} holds, ${sampled(ends, found.ends)} ends of turns`,
    note:
      'The best of all thresholds, delays and time-outs, with the pace the probability changed before by how the ' +
      'speaker has spoken; of the waiting tables, the best policy and length. ' +
      'A cut-off: the agent speaks in a hold before the speaker goes on. ' +
      `Latency: from the last word of a turn until it speaks, on average; words are heard ${lagMs} ms after their ends.`,
    columns: ['', ...headOf(silence), 'area under the curve'],
    rows: turnEnds.map((each) => [
      each.name,
      ...each.cutOffsAtLatency.map(({ point, intervals }) => percentWithin(point?.cutOffRate, intervals?.cutOffRate)),
      ...each.latencyAtCutOffs.flatMap((point, index) => latencyCells(point, silence?.latencyAtCutOffs[index])),
      decimals(each.areaUnderCurve, 3),
    ]),
  }
}

/** `1,500 of 15,921` of a sample. */
function sampled(played: number, found: number): string {
  return played === found ? count(played) : `${count(played)} of ${count(found)}`
}

function headOf(silence: TurnEndResult | undefined): string[] {
  return [
    ...(silence?.cutOffsAtLatency.map(({ budget }) => `cut off, % at ${budget} ms`) ?? []),
    ...(silence?.latencyAtCutOffs.flatMap(({ budget }) => [`ms at ${100 * budget}% cut off`, 'less than silence, %']) ??
      []),
  ]
}

function latencyCells({ point, intervals }: BudgetPoints, silence: BudgetPoints | undefined): [string, string] {
  const base = silence?.point?.latencyMs
  const saved = point === null || base === undefined ? undefined : 1 - point.latencyMs / base
  return [decimalsWithin(point?.latencyMs, intervals?.latencyMs, 0), percentWithin(saved, intervals?.saved)]
}

function crossFittedTable({ turnEnds }: StreamingResult): ReportTable {
  return {
    title: 'The same, each setting chosen on one half of the conversations and measured on the other',
    columns: [
      '',
      ...(turnEnds[0]?.latencyAtCutOffs.flatMap(({ budget }) => [`ms, chosen for ${100 * budget}%`, 'cut off, %']) ??
        []),
    ],
    rows: turnEnds
      .filter(({ latencyAtCutOffs }) => latencyAtCutOffs.some(({ crossFitted }) => crossFitted !== null))
      .map(({ name, latencyAtCutOffs }) => [
        name,
        ...latencyAtCutOffs.flatMap(({ crossFitted }) => [
          decimals(crossFitted?.latencyMs, 0),
          percent(crossFitted?.cutOffRate),
        ]),
      ]),
  }
}

function policyTable({ policies }: StreamingResult): ReportTable {
  return {
    title: 'The waiting tables of the policies, as they are',
    note: 'Budget: the share of holds that a policy says it may cut off (`cutOffBudget`).',
    columns: ['', 'budget, %', 'cut off, %', 'latency, ms'],
    rows: policies.map(({ system, policy, cutOffBudget, cutOffRate, latencyMs, intervals }) => [
      `${system}, ${policy}`,
      percent(cutOffBudget),
      percentWithin(cutOffRate, intervals?.cutOffRate),
      decimalsWithin(latencyMs, intervals?.latencyMs, 0),
    ]),
  }
}

function overlapTable({ overlaps, backchannels, interruptions, found }: StreamingResult): ReportTable {
  return {
    title: `Talking over the agent: ${sampled(backchannels, found.backchannels)} backchannels, ${sampled(interruptions, found.interruptions)} interruptions`,
    note: 'Per cent of the backchannels that stop the agent and of the interruptions that do not; how long those that do take.',
    columns: ['', 'backchannels that stop it', 'interruptions missed', 'words until the stop', 'ms, median'],
    rows: overlaps.map(({ name, intervals, backchannelsStopped, interruptionsMissed, wordsUntilStop, msUntilStop }) => [
      name,
      percentWithin(backchannelsStopped, intervals?.backchannelsStopped),
      percentWithin(interruptionsMissed, intervals?.interruptionsMissed),
      decimals(wordsUntilStop, 1),
      decimals(msUntilStop, 0),
    ]),
  }
}
