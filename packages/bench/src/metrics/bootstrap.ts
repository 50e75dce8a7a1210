import { createRandom } from './random.js'

/** The bounds that hold 95% of the resampled values. */
export type Interval = readonly [low: number, high: number]

/** Options of {@link bootstrapIntervals}. */
export interface BootstrapOptions {
  readonly seed: number
  readonly resamples: number
}

const DEFAULT_BOOTSTRAP: BootstrapOptions = { seed: 20_260, resamples: 1000 }

const OUTSIDE_SHARE = 0.025

/**
 * Percentile intervals of 95% for figures over rows, by drawing as many rows again with replacement.
 *
 * @param rows how many there are
 * @param figuresOf the figures of a drawing: the numbers of its rows, some several times
 */
export function bootstrapIntervals<Name extends string>(
  rows: number,
  figuresOf: (drawn: Int32Array) => Readonly<Record<Name, number>>,
  { seed, resamples }: BootstrapOptions = DEFAULT_BOOTSTRAP,
): Record<Name, Interval> {
  const random = createRandom(seed)
  const drawn = new Int32Array(rows)
  const values = new Map<Name, number[]>()
  for (let resample = 0; resample < resamples; resample += 1) {
    for (let place = 0; place < rows; place += 1) drawn[place] = Math.floor(random() * rows)
    for (const [name, value] of Object.entries(figuresOf(drawn)) as [Name, number][]) {
      const known = values.get(name)
      if (known === undefined) values.set(name, [value])
      else known.push(value)
    }
  }
  const intervals = [...values].map(([name, found]) => [name, intervalOf(found)] as const)
  return Object.fromEntries(intervals) as Record<Name, Interval>
}

function intervalOf(values: number[]): Interval {
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
