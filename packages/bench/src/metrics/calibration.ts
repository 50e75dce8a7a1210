import { ratio, sum } from './scores.js'

/** Answers of like confidence. */
export interface ReliabilityBin {
  readonly low: number
  readonly high: number
  readonly count: number
  /** Mean, 0 to 1. */
  readonly confidence: number
  readonly accuracy: number
}

/** How many bins of equal width there are from 0 to 1. */
const RELIABILITY_BINS = 15

/** Confidence beside accuracy in bins of equal width (Guo et al. 2017); those without answers are left out. */
export function reliabilityBins(
  confidence: readonly number[],
  right: readonly boolean[],
  bins: number = RELIABILITY_BINS,
): ReliabilityBin[] {
  const places = confidence.map((value) => Math.min(Math.floor(value * bins), bins - 1))
  return Array.from({ length: bins }, (_, bin) => {
    const inside = places.flatMap((place, index) => (place === bin ? [index] : []))
    return {
      low: bin / bins,
      high: (bin + 1) / bins,
      count: inside.length,
      confidence: ratio(sum(inside.map((index) => confidence[index] ?? 0)), inside.length),
      accuracy: ratio(inside.filter((index) => right[index]).length, inside.length),
    }
  }).filter(({ count }) => count > 0)
}

/** The mean distance of confidence and accuracy over the bins, weighted by their answers. */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const distances = bins.map(({ count, confidence, accuracy }) => count * Math.abs(confidence - accuracy))
  return ratio(sum(distances), sum(bins.map(({ count }) => count)))
}
