import type { Action, Expectation } from '@turnwise/core'
import { expect, test } from 'vitest'
import type { BenchmarkRow } from '../datasets/dataset.js'
import type { SystemAnswer } from '../systems/system.js'
import { scoreExpectations } from './scoreExpectations.js'

const FINISHED: SystemAnswer = { action: 'start_speaking', actionInState: 'start_speaking', turnProbability: 0.9 }

function row(id: string, content: string, action: Action, asked?: Expectation): BenchmarkRow {
  return { id, messages: [{ role: 'user', content }], action, expect: asked }
}

/** As a system does that calls every turn finished. */
function scoreFinished(rows: readonly BenchmarkRow[]) {
  const answers = rows.map(() => FINISHED)
  return scoreExpectations(rows, answers)
}

test('a row is made right, made wrong or left as it is', () => {
  const rows = [
    row('half', 'oh seven seven', 'continue_listening', 'phone'),
    row('short', 'five five five', 'start_speaking', 'phone'),
    row('whole', 'oh seven seven double oh nine oh oh one two three', 'start_speaking', 'phone'),
    row('other', 'one second', 'continue_listening', 'phone'),
    row('yes', 'yes it is', 'start_speaking', 'yes-no'),
  ]
  expect(scoreFinished(rows)).toEqual([
    { expect: 'phone', hasLength: false, rows: 4, rightByItself: 2, madeRight: ['half'], madeWrong: ['short'] },
    { expect: 'yes-no', hasLength: false, rows: 1, rightByItself: 1, madeRight: [], madeWrong: [] },
  ])
})

test('rows that say how long the answer is are apart', () => {
  const rows = [
    row('part', 'oh six two four', 'continue_listening', { kind: 'code', length: 6 }),
    row('all', 'oh six two four', 'start_speaking', { kind: 'code', length: 4 }),
    row('plain', 'oh six two four', 'continue_listening', 'code'),
  ]
  expect(scoreFinished(rows)).toEqual([
    { expect: 'code', hasLength: false, rows: 1, rightByItself: 0, madeRight: [], madeWrong: [] },
    { expect: 'code', hasLength: true, rows: 2, rightByItself: 1, madeRight: ['part'], madeWrong: [] },
  ])
})

test('rows that say nothing of it and rows of a speaking agent do not count', () => {
  const rows = [
    row('none', 'oh seven seven', 'continue_listening'),
    row('speaking', 'oh seven seven', 'start_listening', 'phone'),
  ]
  expect(scoreFinished(rows)).toBeUndefined()
})

test('a length that the agent names needs no telling', () => {
  const named = row('named', 'four one seven', 'continue_listening', { kind: 'code', length: 4 })
  const question = { role: 'assistant', content: 'And the last four digits?' } as const
  expect(scoreFinished([{ ...named, messages: [question, ...named.messages] }])).toEqual([
    { expect: 'code', hasLength: true, rows: 1, rightByItself: 1, madeRight: [], madeWrong: [] },
  ])
})
