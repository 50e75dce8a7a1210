/** The page's own colour of text, light or dark. */
export const INK = 'currentColor'
/** Seen on light and on dark. */
const RULE = 'rgba(128, 128, 128, 0.35)'

/** An axis with a name in its middle. */
export function axis(name: string, more: object = {}): object {
  return {
    type: 'value',
    name,
    nameLocation: 'middle',
    nameGap: 32,
    nameTextStyle: { color: INK, fontSize: 12 },
    axisLabel: { color: INK, fontSize: 12 },
    axisLine: { lineStyle: { color: RULE } },
    axisTick: { lineStyle: { color: RULE } },
    splitLine: { lineStyle: { color: RULE } },
    ...more,
  }
}

/** A line of points [x, y], without a mark at each. */
export function line(name: string, data: readonly (readonly [number, number])[], more: object = {}): object {
  return { type: 'line', name, data, symbol: 'none', lineStyle: { width: 2 }, ...more }
}

/** What the series are called, one below the other above the chart: no font is too wide for that. */
export function legend(names: readonly string[]): object {
  return {
    top: 0,
    left: 56,
    orient: 'vertical',
    itemWidth: 18,
    itemGap: 4,
    textStyle: { fontSize: 12, color: INK },
    data: [...names],
  }
}

/** Room for axes, and for a legend of so many names. */
export function grid(names: number): object {
  return { left: 64, right: 24, bottom: 48, top: 14 + LEGEND_LINE * names }
}

const LEGEND_LINE = 18

/** The height of a chart whose plot is so high, with a legend of so many names. */
export function heightFor(plotHeight: number, names: number): number {
  return plotHeight + 62 + LEGEND_LINE * names
}
