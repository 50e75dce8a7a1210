import { ACTIONS } from '@turnwise/core'
import type { AccuracyResult, SystemSetResult } from '../accuracy/accuracyResult.js'
import { ratio, sum } from '../metrics/scores.js'
import { axis, grid, heightFor, INK, legend, line } from './chartParts.js'
import type { ReportChart } from './renderChart.js'

/** Confusion of each model on each set of all four actions, and how far confidences can be trusted. */
export function accuracyCharts({ sets }: AccuracyResult): ReportChart[] {
  return sets.flatMap(({ name, systems }) => {
    const models = systems.filter(({ calibration }) => calibration !== null)
    const isWhole = models[0]?.multiClass.classes.every(({ support }) => support > 0) === true
    return [
      ...(isWhole ? models.map((model) => confusionChart(name, model)) : []),
      ...(models.length > 0 ? [reliabilityChart(name, models)] : []),
    ]
  })
}

const CATEGORIES = {
  type: 'category',
  axisLabel: { interval: 0, color: INK, fontSize: 12 },
  splitLine: { show: false },
}

function confusionChart(set: string, { system, multiClass }: SystemSetResult): ReportChart {
  const names = ACTIONS.map((action) => action.replace('_', '\n'))
  const cells = multiClass.confusion.flatMap((answered, row) =>
    answered.map((rows, column) => {
      const share = ratio(rows, sum(answered))
      // The number is shown instead of the share, which the colour tells.
      return { value: [column, row, share], name: `${rows}`, label: { color: share > 0.5 ? '#fff' : '#111' } }
    }),
  )
  return {
    title: `${set}: expected and answered, ${system.name}`,
    note: 'Rows by expected action, coloured by their share of it; the state of the agent not known.',
    width: 520,
    height: 400,
    option: {
      grid: { left: 110, right: 20, top: 10, bottom: 80 },
      xAxis: axis('answered', { ...CATEGORIES, data: names, nameGap: 48 }),
      yAxis: axis('expected', { ...CATEGORIES, data: names, nameGap: 84, inverse: true }),
      visualMap: { min: 0, max: 1, show: false, dimension: 2, inRange: { color: ['#ffffff', '#0072b2'] } },
      series: [
        {
          type: 'heatmap',
          data: cells,
          label: { show: true, formatter: '{b}', fontSize: 13 },
          itemStyle: { borderColor: '#ddd', borderWidth: 1 },
        },
      ],
    },
  }
}

function reliabilityChart(set: string, models: readonly SystemSetResult[]): ReportChart {
  return {
    title: `${set}: confidence and accuracy`,
    note: 'Each point is a bin of answers, larger where there are more. On the diagonal confidence is what it says.',
    width: 520,
    height: heightFor(340, models.length),
    option: {
      grid: grid(models.length),
      legend: legend(models.map(({ system }) => system.name)),
      xAxis: axis('confidence', { min: 0, max: 1 }),
      yAxis: axis('accuracy', { min: 0, max: 1, nameGap: 40 }),
      series: [
        ...models.map(({ system, calibration }) => ({
          type: 'line',
          name: system.name,
          data: (calibration?.bins ?? []).map(({ confidence, accuracy, count }) => ({
            value: [confidence, accuracy],
            symbolSize: 4 + 3 * Math.log10(count),
          })),
          symbol: 'circle',
        })),
        line(
          '',
          [
            [0, 0],
            [1, 1],
          ],
          { lineStyle: { type: 'dashed', color: '#999', width: 1 } },
        ),
      ],
    },
  }
}
