import { rowsByGroup } from './groups.js'
import { createRandom } from './random.js'

/** The bounds that hold 95% of the resampled values. */
export type Interval = readonly [low: number, high: number]

/** Options of {@link bootstrapIntervals}. */
export interface BootstrapOptions {
  readonly seed: number
  readonly resamples: number
}

const OUTSIDE_SHARE = 0.025

/**
 * Percentile intervals of 95% for figures over rows, by drawing as many clusters of rows again with replacement. Rows that
 * depend on each other, drawn one by one, would make intervals too narrow.
 *
 * @param clusters each row's cluster
 * @param figuresOf the figures of a drawing: the numbers of its rows, some several times. One that is not finite in some
 *   drawing has an interval of NaN.
 */
export function bootstrapIntervals<Name extends string>(
  clusters: readonly (string | number)[],
  figuresOf: (drawn: Int32Array) => Readonly<Record<Name, number>>,
  { seed, resamples }: BootstrapOptions,
): Record<Name, Interval> {
  const random = createRandom(seed)
  const members = [...rowsByGroup(clusters).values()]
  const largest = members.reduce((most, { length }) => Math.max(most, length), 0)
  const drawn = new Int32Array(members.length * largest)
  const values = new Map<Name, number[]>()
  for (let resample = 0; resample < resamples; resample += 1) {
    let size = 0
    for (let draw = 0; draw < members.length; draw += 1) {
      const rows = members[Math.floor(random() * members.length)] ?? []
      drawn.set(rows, size)
      size += rows.length
    }
    for (const [name, value] of Object.entries(figuresOf(drawn.subarray(0, size))) as [Name, number][]) {
      const known = values.get(name)
      if (known === undefined) values.set(name, [value])
      else known.push(value)
    }
  }
  const intervals = [...values].map(([name, found]) => [name, intervalOf(found)] as const)
  return Object.fromEntries(intervals) as Record<Name, Interval>
}

function intervalOf(values: number[]): Interval {
  if (!values.every(Number.isFinite)) return [Number.NaN, Number.NaN]
  values.sort((left, right) => left - right)
  return [quantile(values, OUTSIDE_SHARE), quantile(values, 1 - OUTSIDE_SHARE)]
}

/** The value below which a share of sorted values lies, straight lines between them; NaN of nothing. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? below
  return below + (place - Math.floor(place)) * (above - below)
}
