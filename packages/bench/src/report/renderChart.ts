import type { EChartsCoreOption } from 'echarts/core'

/** A chart of a report. */
export interface ReportChart {
  readonly title: string
  readonly note?: string | undefined
  readonly width: number
  readonly height: number
  readonly option: EChartsCoreOption
}

/** Colours that people with any colour vision can tell apart (Okabe and Ito), on light and on dark, for series in turn. */
const CHART_COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#888888'] as const

/** A chart as SVG, without a browser. The library is loaded when a chart is wanted. */
export async function renderChart({ width, height, option }: ReportChart): Promise<string> {
  const [{ init, use }, charts, components, { SVGRenderer }] = await Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ])
  use([
    charts.HeatmapChart,
    charts.LineChart,
    charts.ScatterChart,
    components.GridComponent,
    components.LegendComponent,
    components.VisualMapComponent,
    SVGRenderer,
  ])
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({ animation: false, color: [...CHART_COLORS], textStyle: { fontFamily: 'sans-serif' }, ...option })
    return chart.renderToSVGString()
  } finally {
    // It would keep the process alive.
    chart.dispose()
  }
}
