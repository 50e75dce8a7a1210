/** Precision, recall and F1 of a class, 0 to 1. What nothing was counted for is 0. */
export interface ClassScores<Class> {
  readonly class: Class
  readonly precision: number
  readonly recall: number
  readonly f1: number
  /** Rows that are of the class. */
  readonly support: number
}

/** How good answers are, 0 to 1. */
export interface Scores {
  readonly accuracy: number
  /** The mean F1 of the classes that occur, as the right ones or as answers: scikit-learn's default. */
  readonly macroF1: number
}

/** Rows by expected (outer) and answered (inner) class, in the order of `classes`. */
export function confusionMatrix<Class>(
  classes: readonly Class[],
  expected: readonly Class[],
  answered: readonly Class[],
): number[][] {
  const matrix = classes.map(() => classes.map(() => 0))
  for (const [index, value] of expected.entries()) {
    const line = matrix[classes.indexOf(value)]
    const column = classes.indexOf(answered[index] as Class)
    if (line !== undefined && column !== -1) line[column] = (line[column] ?? 0) + 1
  }
  return matrix
}

/** The scores of each class, from {@link confusionMatrix}. */
export function classScores<Class>(
  classes: readonly Class[],
  matrix: readonly (readonly number[])[],
): ClassScores<Class>[] {
  return classes.map((value, place) => {
    const { right, support, answers } = countsOf(matrix, place)
    return {
      class: value,
      precision: ratio(right, answers),
      recall: ratio(right, support),
      f1: ratio(2 * right, support + answers),
      support,
    }
  })
}

/** Accuracy and macro F1, from {@link confusionMatrix}. */
export function scoresOf(matrix: readonly (readonly number[])[]): Scores {
  const classes = matrix.map((_, place) => countsOf(matrix, place))
  const occurring = classes.filter(({ support, answers }) => support + answers > 0)
  const f1 = occurring.map(({ right, support, answers }) => ratio(2 * right, support + answers))
  return {
    accuracy: ratio(sum(classes.map(({ right }) => right)), sum(classes.map(({ support }) => support))),
    macroF1: ratio(sum(f1), occurring.length),
  }
}

/** How often the class at a place was right, was expected and was answered. */
function countsOf(matrix: readonly (readonly number[])[], place: number) {
  return {
    right: matrix[place]?.[place] ?? 0,
    support: sum(matrix[place] ?? []),
    answers: sum(matrix.map((line) => line[place] ?? 0)),
  }
}

/** The sum of numbers. */
export function sum(values: readonly number[] | Float64Array): number {
  let total = 0
  for (const value of values) total += value
  return total
}

/** A share; 0 of nothing. */
export function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
