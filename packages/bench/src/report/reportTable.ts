import type { Spread } from '../latency/latencyResult.js'
import type { Interval } from '../metrics/bootstrap.js'

/** A table of a report, its cells as they are shown. */
export interface ReportTable {
  readonly title: string
  /** What has to be known to read it. */
  readonly note?: string | undefined
  /** The first column holds names, the others figures. */
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A share as per cent: `97.2`. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined || Number.isNaN(share) ? '–' : (100 * share).toFixed(1)
}

/** A share with its interval, where there is one: `97.2 (95.4–98.6)`. */
export function percentWithin(share: number | null | undefined, interval: Interval | undefined): string {
  return within(share, interval, percent)
}

/** A number with its interval, where there is one: `847 (801–893)`. */
export function decimalsWithin(
  value: number | null | undefined,
  interval: Interval | undefined,
  digits: number,
): string {
  return within(value, interval, (each) => decimals(each, digits))
}

type Figure = number | null | undefined

function within(figure: Figure, interval: Interval | undefined, format: (figure: Figure) => string): string {
  return interval === undefined ? format(figure) : `${format(figure)} (${interval.map(format).join('–')})`
}

/** A whole number with commas. */
export function count(value: number): string {
  return value.toLocaleString('en-GB')
}

/** `2 rows`. */
export function rowCount(rows: number): string {
  return `${count(rows)} ${rows === 1 ? 'row' : 'rows'}`
}

/** `2 threads`. */
export function threadCount(threads: number): string {
  return `${threads} ${threads === 1 ? 'thread' : 'threads'}`
}

/** A number with some decimals, a dash where there is none. */
export function decimals(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits)
}

const ENOUGH_FOR_P99 = 100

/** The 99th percentile of times; `–` of fewer than a hundred, where it would be next to the greatest. */
export function p99Of(spread: Pick<Spread, 'count' | 'p99'>, digits: number): string {
  return spread.count < ENOUGH_FOR_P99 ? '–' : decimals(spread.p99, digits)
}

/** Bytes as megabytes. */
export function megabytes(sizeBytes: number | undefined): string {
  return sizeBytes === undefined ? '–' : (sizeBytes / 1e6).toFixed(0)
}

/** Whether a column, but for the first, holds figures: they stand on the right, texts on the left. */
export function holdsFigures({ rows }: ReportTable, column: number): boolean {
  return column > 0 && rows.every((row) => !/[a-z]/i.test(row[column] ?? ''))
}

/** As Markdown. */
export function toMarkdown(table: ReportTable): string {
  const { title, note, columns, rows } = table
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replace(/\s+/g, ' ').replaceAll('|', '\\|')).join(' | ')} |`
  const rule = `|${columns.map((_, index) => (holdsFigures(table, index) ? '--:' : '---')).join('|')}|`
  const before = note === undefined ? [] : [note, '']
  return [`### ${title}`, '', ...before, line(columns), rule, ...rows.map(line), ''].join('\n')
}
