import type { LatencyResult, LatencyRole, TimedFacts } from '../latency/latencyResult.js'
import {
  caseName,
  mediansOf,
  nameOfRole,
  overRuns,
  type RunsFigure,
  ratiosOf,
  samplesOf,
  type TimesKey,
} from '../latency/medians.js'
import { spreadOf } from '../latency/spreadOf.js'
import { count, decimals, megabytes, p99Of, type ReportTable, threadCount } from './reportTable.js'

/** Every table of a result of latency. */
export function latencyTables(result: LatencyResult): ReportTable[] {
  return [
    caseTable(result),
    ratioTable(result, 'published way'),
    restedRatioTable(result, 'published way'),
    ratioTable(result, 'its shape at its best'),
    restedRatioTable(result, 'its shape at its best'),
    processTable(result),
    throughputTable(result),
    loadTable(result),
    soakTable(result),
    pythonTable(result),
  ].filter(({ rows }) => rows.length > 0)
}

/** `9.1 (8.9–9.3)`: the middle of the runs, their least and greatest. */
function withRange({ median, low, high }: RunsFigure, digits: number): string {
  if (Number.isNaN(median)) return '–'
  return `${decimals(median, digits)} (${decimals(low, digits)}–${decimals(high, digits)})`
}

function caseTable({ cases, systems, threads, pauseMs, steadyMs }: LatencyResult): ReportTable {
  const runs = cases[0]?.systems[0]?.runs.length ?? 0
  return {
    title: `Milliseconds, ${threadCount(threads)}`,
    note:
      `Medians of ${runs} runs with their range, 90th and 99th percentile of all, once a system has worked for ` +
      `${steadyMs} ms (the 99th of a hundred times or more), and how many tokens the model ran. After a rest: the median of the first time after ${pauseMs} ms ` +
      'without work, in which the processor clocks down.',
    columns: ['', 'median', '90%', '99%', 'after a rest', 'tokens run'],
    rows: cases.flatMap((each) =>
      systems.map(({ name }) => {
        const spread = spreadOf(samplesOf(each, name))
        const run = each.systems.find((system) => system.name === name)?.runs[0]
        return [
          `${caseName(each)}, ${name}`,
          withRange(overRuns(mediansOf(each, name, 'samplesMs')), 2),
          decimals(spread.p90, 2),
          p99Of(spread, 2),
          withRange(overRuns(mediansOf(each, name, 'restedMs')), 2),
          `${run?.tokensRun ?? '–'}`,
        ]
      }),
    ),
  }
}

function ratioTable(result: LatencyResult, role: LatencyRole): ReportTable {
  const other = nameOfRole(result, role)
  const baseline = result.systems.find((system) => system.role === role)
  const memory = (name: string) => {
    return overRuns(result.processes.find((each) => each.name === name)?.runs.map(({ peakBytes }) => peakBytes) ?? [])
  }
  const share = (part: number | undefined, whole: number | undefined) =>
    part === undefined || whole === undefined ? '–' : decimals(whole / part, 1)
  return {
    title: ratioTitle(role),
    note: 'Medians of steady work in the same process, run by run; then the size of the file and the peak of memory.',
    columns: ['', ...result.cases.map(caseName), 'file', 'memory'],
    rows:
      other === undefined
        ? []
        : oursOf(result).map(({ name, sizeBytes }) => [
            name,
            ...ratioCells(result, name, other, 'samplesMs'),
            share(sizeBytes, baseline?.sizeBytes),
            share(memory(name.replace(/, spinning$/, '')).median, memory(other).median),
          ]),
  }
}

function restedRatioTable(result: LatencyResult, role: LatencyRole): ReportTable {
  const other = nameOfRole(result, role)
  return {
    title: `${ratioTitle(role)}, after a rest`,
    note: `Medians of the first time after ${result.pauseMs} ms without work, run by run.`,
    columns: ['', ...result.cases.map(caseName)],
    rows:
      other === undefined
        ? []
        : oursOf(result).map(({ name }) => [name, ...ratioCells(result, name, other, 'restedMs')]),
  }
}

function ratioTitle(role: LatencyRole): string {
  return `How many times less than the ${role === 'published way' ? role : 'same shape at its best'}`
}

function oursOf({ systems }: LatencyResult): readonly TimedFacts[] {
  return systems.filter(({ role }) => role === 'turnwise')
}

function ratioCells({ cases }: LatencyResult, name: string, other: string, times: TimesKey): string[] {
  return cases.map((each) => withRange(overRuns(ratiosOf(each, name, other, times)), 1))
}

function processTable({ processes, systems }: LatencyResult): ReportTable {
  return {
    title: 'A fresh process: loading, first decision, memory',
    note: 'Medians of several processes with their range. The first decision is on 28 tokens or so.',
    columns: ['', 'file, MB', 'load, ms', 'load and decide, ms', "from the process's start, ms", 'peak memory, MB'],
    rows: processes.map(({ name, runs }) => [
      name,
      megabytes(systems.find((system) => system.name === name)?.sizeBytes),
      withRange(overRuns(runs.map(({ loadMs }) => loadMs)), 0),
      withRange(overRuns(runs.map(({ firstDecisionMs }) => firstDecisionMs)), 0),
      withRange(overRuns(runs.map(({ sinceStartMs }) => sinceStartMs)), 0),
      withRange(overRuns(runs.map(({ peakBytes }) => peakBytes / 1e6)), 0),
    ]),
  }
}

function throughputTable({ throughput, batch }: LatencyResult): ReportTable {
  const { prompts, tokensEach, promptsPerSecond } = batch
  return {
    title: 'Sessions at once, each asking for its next word as soon as it has a decision',
    note: `Whole prompts, ${prompts} of ${tokensEach} tokens at a time: ${decimals(promptsPerSecond, 0)} a second.`,
    columns: ['', 'sessions', 'updates a second', 'median ms', '99% ms'],
    rows: throughput.map(({ name, sessions, updatesPerSecond, latencyMs }) => [
      name,
      count(sessions),
      decimals(updatesPerSecond, 0),
      decimals(latencyMs.median, 1),
      p99Of(latencyMs, 1),
    ]),
  }
}

function loadTable({ load }: LatencyResult): ReportTable {
  return {
    title: `Calls at once, each with a word every ${load[0]?.wordMs ?? 0} ms`,
    columns: [
      '',
      'calls',
      'words',
      'answered',
      'superseded',
      'refused',
      'median ms',
      '99% ms',
      'loop late, 99% ms',
      'memory, MB',
    ],
    rows: load.map(({ name, calls, asked, answered, superseded, refused, latencyMs, loopDelayMs, rssBytes }) => [
      name,
      ...[calls, asked, answered, superseded, refused].map(count),
      decimals(latencyMs.median, 1),
      p99Of(latencyMs, 1),
      decimals(loopDelayMs.p99, 1),
      megabytes(rssBytes),
    ]),
  }
}

function soakTable({ soak }: LatencyResult): ReportTable {
  const points = soak?.points.filter(
    (_, index, all) => index % Math.ceil(all.length / 10) === 0 || index === all.length - 1,
  )
  return {
    title: `Memory over the updates of ${count(soak?.sessions ?? 0)} sessions that stay open`,
    columns: ['updates', 'memory, MB'],
    rows: points?.map(({ updates, rssBytes }) => [count(updates), megabytes(rssBytes)]) ?? [],
  }
}

function pythonTable({ python }: LatencyResult): ReportTable {
  return {
    title: 'The same files in Python, and PyTorch',
    note: 'Whole prompts, milliseconds.',
    columns: ['', 'tokens', 'median', '90%'],
    rows: python.map(({ runtime, device, name, tokens, samplesMs }) => {
      const { median, p90 } = spreadOf(samplesMs)
      return [`${name}, ${runtime}, ${device}`, count(tokens), decimals(median, 2), decimals(p90, 2)]
    }),
  }
}
