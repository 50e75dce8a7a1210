import { fileURLToPath } from 'node:url'
import { createDetector, type Message } from '@turnwise/core'
import { createFakeModel, createFakeTokenizer, FAKE_MANIFEST } from '@turnwise/core/testing'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { rejection } from '../test/rejection.js'
import { temporaryFolder } from '../test/temporaryFolder.js'
import { answerRows } from './answerRows.js'
import { openAnswerStore } from './answerStore.js'
import { loadBasePunctuation } from './basePunctuation.js'
import { createDetectorSystem, loadModelSystem } from './detectorSystem.js'
import { openOnnxFile } from './onnxFile.js'
import { createRuleSystem, TURN_RULES, type TurnRule } from './rules.js'

const TINY = fileURLToPath(new URL('../../../../fixtures/tiny', import.meta.url))
const SAID: Message[] = [{ role: 'user', content: 'hello there' }]

function rowsOf(...texts: string[]) {
  return texts.map((content) => ({ messages: [{ role: 'user' as const, content }], agentSpeaking: false }))
}

test('rules answer by the newest words', async () => {
  const texts = ['book it', 'i want to go to the cinema on main street tomorrow', 'i would like to', 'Wait, and...']
  const actionsOf = async (name: TurnRule) => {
    const answers = await createRuleSystem(name).answer(rowsOf(...texts))
    return answers.map(({ action }) => action === 'start_speaking')
  }
  expect(Object.keys(TURN_RULES)).toHaveLength(3)
  expect(await actionsOf('always finished')).toEqual([true, true, true, true])
  expect(await actionsOf('ten words or more is finished')).toEqual([false, true, false, false])
  expect(await actionsOf('a function word last is unfinished')).toEqual([true, true, false, false])
  const [over] = await createRuleSystem('always finished').answer([{ messages: SAID, agentSpeaking: true }])
  expect(over).toEqual({ action: 'start_speaking', actionInState: 'start_listening', turnProbability: 1 })
})

test.each([1, 3])('%i answers to two rows are an error, and none is kept', async (count) => {
  const rule = createRuleSystem('always finished')
  const [answer] = await rule.answer(rowsOf('x'))
  const odd = { ...rule, answer: async () => Array.from({ length: count }, () => answer).flatMap((each) => each ?? []) }
  const store = await openAnswerStore(undefined)
  const rows = rowsOf('a', 'b')
  expect(await rejection(answerRows(odd, rows, { store }))).toMatchObject({
    code: 'MODEL_FAILED',
    problem: `always finished gave ${count} answers to 2 rows, expected one to each.`,
  })
  expect(rows.map((row) => store.find(odd, row))).toEqual([undefined, undefined])
})

test('a detector answers with and without the state of the agent', async () => {
  const model = createFakeModel({ logits: () => [3, 1, 2, 2.5] })
  const system = createDetectorSystem(createDetector(model, createFakeTokenizer(), FAKE_MANIFEST), {
    name: 'x',
    kind: 'model',
  })
  const [silent, speaking] = await system.answer([
    { messages: SAID, agentSpeaking: false },
    { messages: SAID, agentSpeaking: true },
  ])
  expect(silent).toMatchObject({ action: 'start_speaking', actionInState: 'start_speaking' })
  expect(silent?.turnProbability).toBeCloseTo(1 / (1 + Math.exp(-2)), 6)
  expect(speaking).toMatchObject({ action: 'start_speaking', actionInState: 'continue_speaking' })
  expect(speaking?.turnProbability).toBeCloseTo(1 / (1 + Math.exp(0.5)), 6)
  expect(speaking?.probabilities).toHaveLength(4)
  await system.close()
})

test.each(['fused', 'published', 'qwen2'])('the tiny model %s is a system', async (name) => {
  const system = await loadModelSystem({ model: `${TINY}/${name}`, threads: 1 })
  onTestFinished(() => system.close())
  expect(system.facts.name).toMatch(name === 'fused' ? /\d+\.\d+\.\d+$/ : new RegExp(`^${name}$`))
  expect(system.facts.sha256).toMatch(/^[0-9a-f]{64}$/)
  expect(await system.answer([{ messages: SAID, agentSpeaking: false }])).toHaveLength(1)
})

test.each([
  ['published/onnx/model_q8.onnx', 1],
  ['fused/model.onnx', 4],
])('%s goes on from what was kept', async (path, least) => {
  const graph = await openOnnxFile(`${TINY}/${path}`, 1)
  onTestFinished(() => graph.close())
  const whole = await graph.run([5, 6, 7, 8])
  const { keyValues } = await graph.run([5, 6], undefined, true)
  const { logits } = await graph.run([7, 8], keyValues)
  expect(logits.length).toBeGreaterThanOrEqual(least)
  for (const [index, logit] of logits.entries()) expect(logit).toBeCloseTo(whole.logits[index] ?? Number.NaN, 1)
})

describe('the base', () => {
  it('gives the probability of an end', async () => {
    const system = await loadBasePunctuation({ folder: `${TINY}/published`, threads: 1, finishedFrom: 0.5 })
    onTestFinished(() => system.close())
    const [answer, marked] = await system.answer(rowsOf('hello there', '"Hello there!"'))
    expect(answer?.turnProbability).toBeGreaterThan(0)
    expect(answer?.turnProbability).toBeLessThan(1)
    expect(marked).toEqual(answer)
    expect(system.facts.kind).toBe('base')
  })

  it('is an error where the graph knows actions only', async () => {
    const error = await rejection(loadBasePunctuation({ folder: `${TINY}/fused`, threads: 1, finishedFrom: 0.5 }))
    expect(error).toMatchObject({
      code: 'UNSUPPORTED_MODEL',
      problem: expect.stringContaining('5 logits for 320 tokens'),
    })
  })

  it('is an error where it is not there', async () => {
    const folder = await temporaryFolder({ 'tokenizer.json': '[' })
    expect((await rejection(loadBasePunctuation({ folder, threads: 1, finishedFrom: 0.5 }))).code).toBe(
      'INVALID_TOKENIZER',
    )
    expect((await rejection(openOnnxFile(`${folder}/tokenizer.json`, 1))).code).toBe('MODEL_FILE_INVALID')
  })
})
