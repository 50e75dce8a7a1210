import type { CaseResult, LatencyResult } from '../latency/latencyResult.js'
import { caseName, samplesOf } from '../latency/medians.js'
import { axis, grid, heightFor, legend, line } from './chartParts.js'
import type { ReportChart } from './renderChart.js'
import { threadCount } from './reportTable.js'

/** How the times of each piece of work are distributed. */
export function latencyCharts(result: LatencyResult): ReportChart[] {
  return result.cases.map((each) => distributionChart(each, result))
}

function distributionChart(each: CaseResult, { systems, threads }: LatencyResult): ReportChart {
  const names = systems.map(({ name }) => name)
  return {
    title: `${caseName(each)}: how many decisions are there after so many milliseconds of steady work, ${threadCount(threads)}`,
    width: 620,
    height: heightFor(230, names.length),
    option: {
      grid: grid(names.length),
      legend: legend(names),
      xAxis: axis('ms', { type: 'log', logBase: 10 }),
      yAxis: axis('%', { min: 0, max: 100, nameGap: 40 }),
      series: names.map((name) => line(name, distribution(samplesOf(each, name)), { step: 'end' })),
    },
  }
}

/** The share of the times up to each. */
function distribution(samplesMs: readonly number[]): [number, number][] {
  const sorted = [...samplesMs].sort((left, right) => left - right)
  const shares = sorted.map((timeMs, index): [number, number] => [timeMs, (100 * (index + 1)) / sorted.length])
  const first = sorted[0]
  return first === undefined ? [] : [[first, 0], ...shares]
}
