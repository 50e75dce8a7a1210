import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { ACTIONS, createDetector, type Message } from '@turnwise/core'
import { createFakeModel, createFakeTokenizer, FAKE_MANIFEST } from '@turnwise/core/testing'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { rejection } from '../test/rejection.js'
import { temporaryFolder } from '../test/temporaryFolder.js'
import { answerRows } from './answerRows.js'
import { openAnswerStore } from './answerStore.js'
import { loadBasePunctuation } from './basePunctuation.js'
import { createDetectorSystem, loadModelSystem } from './detectorSystem.js'
import { openOnnxFile } from './onnxFile.js'
import { createRemoteSystem, DEFAULT_REMOTE } from './remoteSystem.js'
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

describe('a remote system', () => {
  interface Asked {
    readonly messages: readonly Message[]
    readonly agentSpeaking?: boolean
  }

  async function serve(answer: (body: Asked) => unknown, respond = (_: ServerResponse, _body: Asked): unknown => 0) {
    const tokens: unknown[] = []
    const server = createServer(async (request, response) => {
      tokens.push(request.headers.authorization)
      let text = ''
      for await (const chunk of request) text += chunk
      const body = JSON.parse(text) as Asked
      respond(response, body)
      if (!response.writableEnded) response.end(JSON.stringify(answer(body)))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/predict`
    return { system: createRemoteSystem({ ...DEFAULT_REMOTE, url, token: 't', retryDelayMs: 1 }), tokens }
  }
  const row = { messages: SAID, agentSpeaking: true }

  it('answers with probabilities', async () => {
    const probabilities = Object.fromEntries(ACTIONS.map((action, index) => [action, [0.1, 0.2, 0.3, 0.4][index]]))
    const { system, tokens } = await serve(() => ({ action: 'continue_speaking', probabilities }))
    const [answer] = await system.answer([row])
    expect(answer).toMatchObject({ action: 'continue_speaking', actionInState: 'continue_speaking' })
    expect(answer?.turnProbability).toBeCloseTo(3 / 7, 6)
    expect(tokens).toEqual(['Bearer t'])
  })

  it('is asked twice where it gives none', async () => {
    const { system } = await serve(({ agentSpeaking }) => ({
      action: agentSpeaking === undefined ? 'start_speaking' : 'start_listening',
    }))
    expect(await system.answer([row])).toEqual([
      { action: 'start_speaking', actionInState: 'start_listening', turnProbability: 1 },
    ])
  })

  it.each([
    [[1.2, -0.2, 0, 0], 'a number from 0 to 1 for each'],
    [[0.5, 0.5, 0.5, 0.5], 'sum to 2.000, expected 1'],
    [[0, 0, 0, 0], 'sum to 0.000, expected 1'],
  ])('is an error where its probabilities are %j', async (values, problem) => {
    const probabilities = Object.fromEntries(ACTIONS.map((action, index) => [action, values[index]]))
    const { system } = await serve(() => ({ action: 'start_speaking', probabilities }))
    expect(await rejection(system.answer([row]))).toMatchObject({
      code: 'REMOTE_FAILED',
      problem: expect.stringContaining(problem),
    })
  })

  it('is asked again while it is busy', async () => {
    const refusals = [429, 503]
    const { system, tokens } = await serve(
      () => ({ action: 'start_speaking' }),
      (response) => response.writeHead(refusals.shift() ?? 200, { 'retry-after': '0' }),
    )
    expect(await system.answer([row])).toHaveLength(1)
    // Two refusals, and without probabilities two answers.
    expect(tokens).toHaveLength(4)
  })

  it('is waited for as it asks, but not for minutes', async () => {
    const pauses = ['1']
    const { system, tokens } = await serve(
      () => ({}),
      (response) => response.writeHead(429, { 'retry-after': pauses.shift() ?? '3600' }),
    )
    const start = performance.now()
    expect((await rejection(system.answer([row]))).problem).toMatch(/answered 429\. It asks to wait 3600 s\.$/)
    expect(performance.now() - start).toBeGreaterThan(950)
    expect(tokens).toHaveLength(2)
  })

  it('says what came where that is no JSON', async () => {
    const { system } = await serve(
      () => ({}),
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end(`<p>${SAID[0]?.content}`),
    )
    const error = await rejection(system.answer([row]))
    expect(error.problem).toMatch(/is no JSON\. Its content type: text\/html\.$/)
    expect(JSON.stringify([error.problem, String(error.cause)])).not.toContain(SAID[0]?.content)
  })

  it('keeps the answers beside one that fails', async () => {
    const isBad = ({ messages }: Asked) => messages[0]?.content === 'a'
    const { system } = await serve(
      () => ({ action: 'start_speaking' }),
      (response, body) => isBad(body) && response.writeHead(400),
    )
    const store = await openAnswerStore(undefined)
    const rows = rowsOf('a', 'bb', 'ccc', 'dddd', 'eeeee')
    expect((await rejection(answerRows(system, rows, { store }))).problem).toContain('answered 400')
    const isKept = rows.map((each) => store.find(system, each) !== undefined)
    expect(isKept.slice(0, 4)).toEqual([false, true, true, true])
  })

  it('is an error where it fails', async () => {
    const failing = await serve(
      () => ({}),
      (response) => response.writeHead(500),
    )
    expect((await rejection(failing.system.answer([row]))).problem).toContain('answered 500')
    const odd = await serve(() => ({ action: 'speak' }))
    expect((await rejection(odd.system.answer([row]))).code).toBe('REMOTE_FAILED')
    const half = await serve(() => ({ action: 'start_speaking', probabilities: { start_speaking: 1 } }))
    expect((await rejection(half.system.answer([row]))).problem).toContain('four probabilities')
    const nowhere = createRemoteSystem({ ...DEFAULT_REMOTE, url: 'http://127.0.0.1:9' })
    expect((await rejection(nowhere.answer([row]))).problem).toBe('127.0.0.1:9 gave no answer.')
    expect(() => createRemoteSystem({ ...DEFAULT_REMOTE, url: 'file:///x' })).toThrow('no http or https address')
  })
})
