import type { OperatingPoint } from './setting.js'
import type { Sweep } from './sweep.js'

/** The best points of a sweep over so many silences, see {@link paretoFront}. */
export function curveOf(sweep: Sweep, silences: number): OperatingPoint[] {
  const points: OperatingPoint[] = []
  const all = Int32Array.from({ length: silences }, (_, index) => index)
  sweep(all, (cutOffRate, latencyMs, setting) => points.push({ cutOffRate, latencyMs, setting }))
  return paretoFront(points)
}

/** The points that no other beats in one figure without losing in the other, by falling latency. */
export function paretoFront<Point extends Pick<OperatingPoint, 'cutOffRate' | 'latencyMs'>>(
  points: readonly Point[],
): Point[] {
  const sorted = [...points].sort((a, b) => a.cutOffRate - b.cutOffRate || a.latencyMs - b.latencyMs)
  let least = Number.POSITIVE_INFINITY
  return sorted.filter(({ latencyMs }) => {
    if (latencyMs >= least) return false
    least = latencyMs
    return true
  })
}

/** The fewest cut-offs at a latency of at most so much; undefined if none is so fast. */
export function cutOffsWithin(points: readonly OperatingPoint[], latencyMs: number): OperatingPoint | undefined {
  return best(
    points.filter((point) => point.latencyMs <= latencyMs),
    (point) => point.cutOffRate,
  )
}

/** The least latency with at most such a share of cut-offs; undefined if none cuts off so rarely. */
export function latencyWithin(points: readonly OperatingPoint[], cutOffRate: number): OperatingPoint | undefined {
  return best(
    points.filter((point) => point.cutOffRate <= cutOffRate),
    (point) => point.latencyMs,
  )
}

function best<Point>(points: readonly Point[], figureOf: (point: Point) => number): Point | undefined {
  return points.reduce<Point | undefined>((found, point) => {
    return found === undefined || figureOf(point) < figureOf(found) ? point : found
  }, undefined)
}
