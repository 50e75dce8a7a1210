import { describeValue, isRecord } from '@turnwise/core'
import type { Part } from './resultParts.js'

/** Says of the first part that is not what it has to be where it is and what; undefined if there is none. */
export function findWrongPart(value: unknown, part: Part, place = ''): string | undefined {
  const isNot = (expected: string) => `${place} is ${describeKind(value)}, expected ${expected}`
  if (part === 'text') return typeof value === 'string' ? undefined : isNot('a text')
  if (part === 'number') return typeof value === 'number' ? undefined : isNot('a number')
  if (part === 'figure') return typeof value === 'number' || value === null ? undefined : isNot('a number or null')
  if ('orNull' in part) return value === null ? undefined : findWrongPart(value, part.orNull, place)
  if ('orMissing' in part) return value === undefined ? undefined : findWrongPart(value, part.orMissing, place)
  if ('parts' in part) {
    if (!isRecord(value)) return isNot('an object')
    return firstOf(Object.entries(part.parts), ([name, inner]) => {
      return findWrongPart(value[name], inner, place === '' ? name : `${place}.${name}`)
    })
  }
  if (!Array.isArray(value)) return isNot('an array')
  if (value.length < part.least) return `${place} is empty`
  return firstOf([...value.entries()], ([index, item]) => findWrongPart(item, part.each, `${place}[${index}]`))
}

/** Never the text itself: results may quote what was said. */
function describeKind(value: unknown): string {
  if (typeof value === 'string') return 'a text'
  return value === undefined ? 'missing' : describeValue(value)
}

function firstOf<Item>(items: readonly Item[], problemOf: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const problem = problemOf(item)
    if (problem !== undefined) return problem
  }
  return undefined
}
