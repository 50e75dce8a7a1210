import { type BootstrapOptions, bootstrapIntervals } from '../metrics/bootstrap.js'
import { classScores, confusionMatrix, scoresOf } from '../metrics/scores.js'
import type { View } from './accuracyResult.js'

/**
 * Answers counted by class, with intervals.
 *
 * @param clusters as for {@link bootstrapIntervals}
 */
export function scoreView<Class>(
  classes: readonly Class[],
  expected: readonly Class[],
  answered: readonly Class[],
  clusters: readonly number[],
  bootstrap: BootstrapOptions,
): View<Class> {
  const confusion = confusionMatrix(classes, expected, answered)
  const cells = expected.map((value, index) => {
    return classes.indexOf(value) * classes.length + classes.indexOf(answered[index] as Class)
  })
  const figuresOf = (drawn: Int32Array) => {
    const matrix = classes.map(() => classes.map(() => 0))
    for (const row of drawn) {
      const cell = cells[row] ?? 0
      const line = matrix[Math.floor(cell / classes.length)]
      const column = cell % classes.length
      if (line !== undefined) line[column] = (line[column] ?? 0) + 1
    }
    return { ...scoresOf(matrix) }
  }
  return {
    rows: expected.length,
    ...scoresOf(confusion),
    intervals: bootstrapIntervals(clusters, figuresOf, bootstrap),
    classes: classScores(classes, confusion),
    confusion,
  }
}
