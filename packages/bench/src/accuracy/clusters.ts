import type { BenchmarkRow } from '../datasets/dataset.js'

/** The number of each row's cluster, from 0 in the order of their first rows. Rows of one cluster are not independent. */
export function clusterNumbers(rows: readonly BenchmarkRow[]): number[] {
  const numbers = new Map<string | BenchmarkRow, number>()
  return rows.map((row) => {
    const cluster = row.cluster ?? row.pair ?? row
    const number = numbers.get(cluster) ?? numbers.size
    numbers.set(cluster, number)
    return number
  })
}

/** Clusters as a result keeps them: undefined where every row is one of its own. */
export function formatClusters(numbers: readonly number[]): string | undefined {
  return new Set(numbers).size === numbers.length ? undefined : numbers.join(' ')
}

/** As {@link clusterNumbers}, from a result of so many rows. */
export function parseClusters(text: string | undefined, rows: number): number[] {
  return text === undefined ? Array.from({ length: rows }, (_, row) => row) : text.split(' ').map(Number)
}
