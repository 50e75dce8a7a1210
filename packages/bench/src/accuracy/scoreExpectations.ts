import { codeAskedFor, DEFAULT_POLICY, EXPECTATIONS, type Expectation, judge, POLICIES } from '@turnwise/core'
import { type BenchmarkRow, finalText, isAgentSpeaking } from '../datasets/dataset.js'
import type { SystemAnswer } from '../systems/system.js'
import type { ExpectationScore } from './accuracyResult.js'

/**
 * What `expect` changes in what a session does by itself, by what was asked for, known lengths apart; undefined if no row
 * says it.
 */
export function scoreExpectations(
  rows: readonly BenchmarkRow[],
  answers: readonly SystemAnswer[],
): ExpectationScore[] | undefined {
  const judged = rows.flatMap((row, index) => {
    const completion = answers[index]?.turnProbability
    if (row.expect === undefined || completion === undefined || isAgentSpeaking(row)) return []
    const byItself = isRight(row, completion, codeAskedFor(row.messages))
    const withIt = isRight(row, completion, row.expect)
    const hasLength = typeof row.expect === 'object'
    return [{ id: row.id, expect: hasLength ? row.expect.kind : row.expect, hasLength, byItself, withIt }]
  })
  if (judged.length === 0) return undefined
  const kinds = EXPECTATIONS.flatMap((expect) => [false, true].map((hasLength) => ({ expect, hasLength })))
  return kinds.flatMap((kind) => {
    const asked = judged.filter(({ expect, hasLength }) => expect === kind.expect && hasLength === kind.hasLength)
    if (asked.length === 0) return []
    return {
      ...kind,
      rows: asked.length,
      rightByItself: asked.filter(({ byItself }) => byItself).length,
      madeRight: asked.filter(({ byItself, withIt }) => !byItself && withIt).map(({ id }) => id),
      madeWrong: asked.filter(({ byItself, withIt }) => byItself && !withIt).map(({ id }) => id),
    }
  })
}

/** Whether a session of the default policy, at the first words of a turn, does what the row says. */
function isRight(row: BenchmarkRow, completion: number, expect: Expectation | undefined): boolean {
  const { action } = judge(POLICIES[DEFAULT_POLICY], {
    completion,
    interruption: 0,
    agentSpeaking: false,
    text: finalText(row),
    // It changes the wait, never the action.
    pace: { turnMs: 0, held: 0, answered: 0 },
    expect,
    lastAction: undefined,
    wasStopped: false,
  })
  return action === row.action
}
