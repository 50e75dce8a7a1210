import type { OverlapPoint } from '../streaming/scoreOverlaps.js'
import type { StreamingResult } from '../streaming/streamingResult.js'
import { axis, grid, heightFor, INK, legend, line } from './chartParts.js'
import type { ReportChart } from './renderChart.js'

const MAX_LATENCY_MS = 2500
/** Points of a curve that are drawn: more cannot be seen. */
const MAX_POINTS = 150
/** Of both axes: rules that stop at every word lie outside. */
const MAX_OVERLAP_PERCENT = 25
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond'] as const

/** Cut-offs against latency, and backchannels against interruptions. */
export function streamingCharts(result: StreamingResult): ReportChart[] {
  const hasOverlaps = result.backchannels > 0 && result.interruptions > 0
  return [cutOffChart(result), ...(hasOverlaps ? [overlapChart(result)] : [])]
}

function cutOffChart({ turnEnds, policies }: StreamingResult): ReportChart {
  const curves = turnEnds.map(({ name, system, curve }) => {
    const points = thinned(curve.filter(({ latencyMs }) => latencyMs <= MAX_LATENCY_MS))
    const type = points.some(({ setting }) => 'policy' in setting) ? 'dashed' : 'solid'
    // What the chart is about stands out among the rules.
    const width = system?.kind === 'model' || system?.kind === 'remote' ? 3 : 1.5
    return line(
      name,
      points.map(({ latencyMs, cutOffRate }) => [latencyMs, 100 * cutOffRate]),
      { lineStyle: { width, type } },
    )
  })
  const names = turnEnds.map(({ name }) => name)
  return {
    title: 'Cut-offs against latency',
    note: 'Below and to the left is better. Dashed: the waiting tables, each length; the points are the policies as they are.',
    width: 620,
    height: heightFor(340, names.length),
    option: {
      grid: grid(names.length),
      legend: legend(names),
      xAxis: axis('latency, ms', { min: 0, max: MAX_LATENCY_MS }),
      yAxis: axis('holds cut off, %', { min: 0, nameGap: 40 }),
      series: [
        ...curves,
        {
          type: 'scatter',
          data: policies.map(({ policy, latencyMs, cutOffRate }) => ({
            name: policy,
            value: [latencyMs, 100 * cutOffRate],
          })),
          label: { show: true, formatter: '{b}', position: 'right', fontSize: 12, color: INK },
          symbolSize: 8,
          itemStyle: { color: INK },
        },
      ],
    },
  }
}

function overlapChart({ overlaps }: StreamingResult): ReportChart {
  const names = overlaps.map(({ name }) => name)
  const lines = overlaps
    .filter(({ curve }) => curve.length > 0)
    .map(({ name, curve }) => line(name, curve.map(placeOf)))
  const points = overlaps
    .filter(({ curve }) => curve.length === 0)
    .map((point, index) => {
      const { name } = point
      return { type: 'scatter', name, data: [placeOf(point)], symbolSize: 10, symbol: SYMBOLS[index % SYMBOLS.length] }
    })
  return {
    title: 'Talking over the agent',
    note: 'Below and to the left is better. Lines: by threshold. Points: rules and policies; those outside are in the table.',
    width: 620,
    height: heightFor(340, names.length),
    option: {
      grid: grid(names.length),
      legend: legend(names),
      xAxis: axis('interruptions missed, %', { min: 0, max: MAX_OVERLAP_PERCENT }),
      yAxis: axis('backchannels that stop the agent, %', { min: 0, max: MAX_OVERLAP_PERCENT, nameGap: 40 }),
      series: [...lines, ...points],
    },
  }
}

function placeOf({ interruptionsMissed, backchannelsStopped }: OverlapPoint): [number, number] {
  return [100 * (interruptionsMissed ?? 0), 100 * (backchannelsStopped ?? 0)]
}

function thinned<Point>(points: readonly Point[]): readonly Point[] {
  const step = Math.ceil(points.length / MAX_POINTS)
  return points.filter((_, index) => index % step === 0 || index === points.length - 1)
}
