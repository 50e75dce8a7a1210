import { expect, test } from 'vitest'
import { BATCH_LIMITS, chooseRows, type WaitingRow } from './chooseRows.js'
import type { RowSharing } from './graphMessages.js'

interface TestRow extends WaitingRow {
  /** How many of its tokens were computed before. */
  readonly pastTokens: number
}

function row(length: number, { usesStates = false, pastTokens = 0 } = {}): TestRow {
  return { tokens: Array.from({ length }, () => 1), usesStates, pastTokens }
}

/** The places of those that are chosen first, then second, and so on. */
function runsOf(sharing: RowSharing, rows: readonly TestRow[]): number[][] {
  const runs: number[][] = []
  let waiting = rows
  while (waiting.length > 0) {
    const chosen = chooseRows(sharing, waiting, ({ tokens, pastTokens }) => tokens.length - pastTokens)
    expect(chosen).toContain(waiting[0])
    runs.push(chosen.map((each) => rows.indexOf(each)))
    waiting = waiting.filter((each) => !chosen.includes(each))
  }
  return runs
}

const word = () => row(200, { usesStates: true, pastTokens: 196 })

test('nothing is chosen of nothing', () => {
  expect(chooseRows('packed', [], () => 1)).toEqual([])
})

test('alone is alone', () => {
  expect(runsOf('alone', [row(4), row(4), word()])).toEqual([[0], [1], [2]])
})

test('padded: those without states share, in their turn', () => {
  expect(runsOf('padded', [row(4), word(), row(4), word()])).toEqual([[0, 2], [1], [3]])
})

test('padded: a run stays within its tokens, and takes no row that is much longer than another', () => {
  expect(runsOf('padded', [row(4), row(9), row(8), row(3), row(2)])).toEqual([[0, 2], [1], [3, 4]])
  const { maxBatchSize, maxBatchTokens } = BATCH_LIMITS.padded
  const long = Array.from({ length: 10 }, () => row(100))
  expect(runsOf('padded', long)[0]).toHaveLength(Math.floor(maxBatchTokens / 100))
  expect(
    runsOf(
      'padded',
      Array.from({ length: 40 }, () => row(4)),
    )[0],
  ).toHaveLength(maxBatchSize)
})

test('packed: whole prompts and words share runs, whatever their lengths, in their order', () => {
  expect(runsOf('packed', [row(4), word(), row(300), word(), row(40)])).toEqual([[0, 1, 2, 3, 4]])
})

test('packed: only the tokens that are run count', () => {
  const { maxBatchSize, maxBatchTokens } = BATCH_LIMITS.packed
  const words = Array.from({ length: 100 }, word)
  expect(runsOf('packed', words).map(({ length }) => length)).toEqual([maxBatchSize, 100 - maxBatchSize])
  expect(runsOf('packed', [row(maxBatchTokens - 4), word(), word()])).toEqual([[0, 1], [2]])
})

test('packed: what is too long for any run is alone, and delays nobody before it', () => {
  expect(runsOf('packed', [word(), row(1000), word(), word()])).toEqual([[0], [1], [2, 3]])
})
