import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ACTIONS, type Message } from '@turnwise/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { rejection } from '../test/rejection.js'
import { answerRows } from './answerRows.js'
import { openAnswerStore } from './answerStore.js'
import { answersByYield } from './answersByYield.js'
import { createRemoteSystem, DEFAULT_REMOTE } from './remoteSystem.js'

const SAID: Message[] = [{ role: 'user', content: 'hello there' }]

describe('a remote system', () => {
  interface Asked {
    readonly messages: readonly Message[]
    readonly agentSpeaking?: boolean
  }

  async function serve(
    answer: (body: Asked) => unknown,
    respond = (_: ServerResponse, _body: Asked): unknown => 0,
    options: { readonly timeoutMs?: number } = {},
  ) {
    const tokens: unknown[] = []
    const server = createServer(async (request, response) => {
      tokens.push(request.headers.authorization)
      let text = ''
      for await (const chunk of request) text += chunk
      const body = JSON.parse(text) as Asked
      await respond(response, body)
      if (!response.writableEnded) response.end(JSON.stringify(answer(body)))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      return new Promise<void>((resolve) => void server.close(() => resolve()))
    })
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/predict`
    return { system: createRemoteSystem({ ...DEFAULT_REMOTE, url, token: 't', retryDelayMs: 1, ...options }), tokens }
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

  it('answers with the yield of a model that has one, which a kept answer has too', async () => {
    const probabilities = Object.fromEntries(ACTIONS.map((action) => [action, 0.25]))
    const { system } = await serve(() => ({ action: 'start_speaking', probabilities, yielded: 0.75 }))
    const store = await openAnswerStore(undefined)
    const answers = await answerRows(system, [row], { store })
    expect(answers).toMatchObject([{ yielded: 0.75 }])
    expect(answersByYield(system.facts, answers)?.answers).toMatchObject([{ turnProbability: 0.75 }])
    for (const yielded of [1.5, 'yes']) {
      const odd = await serve(() => ({ action: 'start_speaking', probabilities, yielded }))
      expect((await rejection(odd.system.answer([row]))).problem).toContain('is no number from 0 to 1')
    }
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

  it('is asked again when the connection drops or nothing comes in time', async () => {
    const failures = [(response: ServerResponse) => response.destroy(), () => new Promise(() => undefined)]
    const { system, tokens } = await serve(
      () => ({ action: 'start_speaking' }),
      (response) => failures.shift()?.(response),
      { timeoutMs: 300 },
    )
    expect(await system.answer([row])).toHaveLength(1)
    expect(tokens).toHaveLength(4)
  })

  it('is given up after five dropped connections', async () => {
    const { system, tokens } = await serve(
      () => ({}),
      (response) => response.destroy(),
    )
    expect((await rejection(system.answer([row]))).problem).toMatch(/gave no answer\.$/)
    expect(tokens).toHaveLength(5)
  })

  it.each([
    ['an answer', () => new Promise(() => undefined)],
    ['the next try', (response: ServerResponse) => response.writeHead(429, { 'retry-after': '30' })],
  ])('is no longer waited for once it is aborted: %s', async (_, respond) => {
    const controller = new AbortController()
    const { system } = await serve(
      () => ({}),
      (response) => {
        setTimeout(() => controller.abort(), 100)
        return respond(response)
      },
    )
    const start = performance.now()
    const store = await openAnswerStore(undefined)
    const aborted = rejection(answerRows(system, [row], { store, signal: controller.signal }))
    expect((await aborted).code).toBe('ABORTED')
    expect(performance.now() - start).toBeLessThan(5000)
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
    const rows = ['a', 'bb', 'ccc', 'dddd', 'eeeee'].map((content) => {
      return { messages: [{ role: 'user' as const, content }], agentSpeaking: false }
    })
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
    const nowhere = createRemoteSystem({ ...DEFAULT_REMOTE, url: 'http://127.0.0.1:9', retryDelayMs: 1 })
    expect((await rejection(nowhere.answer([row]))).problem).toBe('127.0.0.1:9 gave no answer.')
    expect(() => createRemoteSystem({ ...DEFAULT_REMOTE, url: 'file:///x' })).toThrow('no http or https address')
  })
})
