/**
 * How often a row of the class has a higher value than one that is not (ties count half): the area under the ROC curve.
 * It needs no threshold. NaN if one side is empty.
 */
export function areaUnderCurve(values: readonly number[], isOfClass: readonly boolean[]): number {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  let rankSum = 0
  for (let start = 0; start < order.length; ) {
    let end = start + 1
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end += 1
    const rank = (start + 1 + end) / 2
    rankSum += rank * order.slice(start, end).filter((index) => isOfClass[index]).length
    start = end
  }
  const positives = isOfClass.filter(Boolean).length
  const negatives = isOfClass.length - positives
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
}
