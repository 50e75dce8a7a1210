import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ACTIONS, type Action, type Decision, fittingActions, type Message } from '@turnwise/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Detector } from './index.js'
import { loadDetector } from './loadDetector.js'

const root = new URL('../../../', import.meta.url)
const dataFolder = process.env.TURNWISE_DATA ?? fileURLToPath(new URL('../shared/data', root))
const tenFile = `${dataFolder}/eval/ten.jsonl`
const fourClassFile = fileURLToPath(new URL('packages/bench/benchmark/four-class/cases.jsonl', root))

interface Case {
  readonly messages: readonly Message[]
  readonly action: Action
}

let detector: Detector
beforeAll(async () => {
  detector = await loadDetector()
}, 60_000)
afterAll(async () => {
  await detector?.close()
})

function readLines(path: string): string[] {
  return readFileSync(path, 'utf8').trim().split('\n')
}

/** TEN's English lines, finished or not, each a user's message without context. */
function readTen(): Case[] {
  const actions: Record<string, Action> = { finished: 'start_speaking', unfinished: 'continue_listening' }
  const rows = readLines(tenFile).map((line) => JSON.parse(line) as { text: string; label: string })
  return rows.flatMap(({ text, label }) => {
    const action = actions[label]
    return action === undefined ? [] : [{ messages: [{ role: 'user', content: text }], action }]
  })
}

/** The published binary view: start_speaking and continue_speaking are an end of utterance. */
function isEnd(action: Action): boolean {
  return action === 'start_speaking' || action === 'continue_speaking'
}

/** In per cent; F1 is the mean over the classes that are expected or answered. */
function score<Class>(expected: readonly Class[], answered: readonly Class[]): { accuracy: number; macroF1: number } {
  const right = expected.filter((value, index) => answered[index] === value).length
  const classes = [...new Set([...expected, ...answered])]
  const f1 = classes.map((value) => {
    const both = expected.filter((each, index) => each === value && answered[index] === value).length
    return (
      (2 * both) / (expected.filter((each) => each === value).length + answered.filter((each) => each === value).length)
    )
  })
  const mean = f1.reduce((sum, each) => sum + each, 0) / classes.length
  return { accuracy: (100 * right) / expected.length, macroF1: 100 * mean }
}

function ask(cases: readonly Case[]): Promise<Decision[]> {
  return detector.predictMany(cases)
}

/** The action within the pair that fits the agent's state, which a test case's action gives away. */
function withState({ probabilities }: Decision, { action }: Case): Action {
  const fitting = fittingActions(action === 'start_listening' || action === 'continue_speaking')
  return fitting.reduce((best, each) => (probabilities[each] > probabilities[best] ? each : best))
}

function show(name: string, { accuracy, macroF1 }: { accuracy: number; macroF1: number }): void {
  console.info(`${name}: accuracy ${accuracy.toFixed(2)}, macro F1 ${macroF1.toFixed(2)}`)
}

describe('the bundled model', () => {
  it("answers the published model card's example with at least 0.9", async () => {
    const { action, probabilities } = await detector.predict([
      { role: 'user', content: 'I need help with my bill' },
      { role: 'assistant', content: 'Sure I can help with that what seems to be the issue' },
      { role: 'user', content: 'I was charged twice for the same order' },
    ])
    expect(action).toBe('start_speaking')
    expect(probabilities.start_speaking).toBeGreaterThanOrEqual(0.9)
  })

  it.skipIf(!existsSync(tenFile))(
    "finds the ends of TEN's 428 lines (skipped without eval/ten.jsonl: training/README.md says where it comes from)",
    async () => {
      const cases = readTen()
      expect(cases).toHaveLength(428)
      const answered = (await ask(cases)).map((decision) => decision.action)
      const binary = score(
        cases.map((each) => isEnd(each.action)),
        answered.map(isEnd),
      )
      show('TEN, binary', binary)
      expect(binary.accuracy).toBeGreaterThanOrEqual(95)
      expect(binary.macroF1).toBeGreaterThanOrEqual(95)
    },
    240_000,
  )

  it('answers the four-class test far better than chance', async () => {
    const cases = readLines(fourClassFile).map((line) => JSON.parse(line) as Case)
    expect(new Set(cases.map((each) => each.action))).toEqual(new Set(ACTIONS))
    const expected = cases.map((each) => each.action)
    const decisions = await ask(cases)
    const alone = score(
      expected,
      decisions.map((decision) => decision.action),
    )
    const stateKnown = score(
      expected,
      cases.map((each, index) => withState(decisions[index] as Decision, each)),
    )
    show('four-class test', alone)
    show("four-class test, agent's state known", stateKnown)
    expect(alone.accuracy).toBeGreaterThanOrEqual(85)
    expect(stateKnown.accuracy).toBeGreaterThanOrEqual(alone.accuracy)
  }, 240_000)
})
