import { basename } from 'node:path'
import type { Action } from '@turnwise/core'
import { type BenchmarkRow, finalText } from './dataset.js'
import { readCases } from './readCases.js'
import { assertCount } from './rowError.js'

const ROWS = 200
const PAIRS = 12

/**
 * The 200 hand-written cases that choices are made on. Twelve pairs of them share their final words, each of two
 * actions; the file does not mark them.
 *
 * @throws TurnwiseError DATASET_NOT_FOUND, INVALID_DATASET
 */
export async function readDevelopment(path: string): Promise<BenchmarkRow[]> {
  const file = basename(path)
  const rows = await readCases(path)
  assertCount(file, 'rows', rows.length, ROWS)
  const actionsOf = new Map<string, Set<Action>>()
  for (const row of rows) {
    const words = plainWords(finalText(row))
    actionsOf.set(words, (actionsOf.get(words) ?? new Set()).add(row.action))
  }
  const finals = [...actionsOf].filter(([, actions]) => actions.size > 1).map(([words]) => words)
  assertCount(file, 'minimal pairs', finals.length, PAIRS)
  return rows.map((row) => {
    const index = finals.indexOf(plainWords(finalText(row)))
    return index === -1 ? row : { ...row, pair: `pair ${index + 1}` }
  })
}

/** Lower case, without punctuation and apostrophes. */
function plainWords(text: string): string {
  return text
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}
