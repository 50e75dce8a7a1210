import { TurnwiseError } from '@turnwise/core'
import { createFakeModel } from '@turnwise/core/testing'
import { expect, test } from 'vitest'
import { createFakeServer, LOGITS, MESSAGES } from '../test/fakeServer.js'
import { openStream } from '../test/testStream.js'

/** A server whose model fails where it is told to. */
async function createFailingServer() {
  const state = { isBroken: false }
  const model = createFakeModel({
    logits: () => {
      if (state.isBroken) throw new TurnwiseError('MODEL_FAILED', 'It broke.')
      return LOGITS.startSpeaking
    },
  })
  const { app } = await createFakeServer({ model })
  return {
    app,
    state,
    ready: () => app.inject('/health/ready'),
    predict: () => app.inject({ method: 'POST', url: '/v1/predict', payload: { messages: MESSAGES } }),
  }
}

test('readiness tells the truth about the model', async () => {
  const { app, state, ready, predict } = await createFailingServer()
  state.isBroken = true
  expect((await ready()).json()).toEqual({ status: 'ready', model: { name: 'fake', version: '0.0.0' } })
  const failed = await predict()
  expect(failed.statusCode).toBe(500)
  expect(failed.json()).toMatchObject({ error: { code: 'MODEL_FAILED' } })
  const unready = await ready()
  expect(unready.statusCode).toBe(503)
  expect(unready.json()).toEqual({ status: 'unready', reason: 'model_failed' })
  state.isBroken = false
  expect((await ready()).statusCode).toBe(200)
  expect((await app.inject('/health/live')).json()).toEqual({ status: 'live' })
})

test.each([
  ['an answer that was known', 'requests', 'known'],
  ['no answer', 'requests', 'new'],
  ['an answer that was known', 'a stream', 'known'],
  ['no answer', 'a stream', 'new'],
])('%s, by %s, does not make a failing model ready', async (_, by, session) => {
  const { app, state, ready, predict } = await createFailingServer()
  await app.inject({ method: 'POST', url: '/v1/sessions', payload: { id: session } })
  const stream = await openStream(app)
  let seq = 0
  async function decide(event: object): Promise<unknown> {
    if (by === 'requests') {
      const url = `/v1/sessions/${session}/events`
      return (await app.inject({ method: 'POST', url, payload: { events: [event] } })).json().decisions[0]
    }
    seq += 1
    stream.send({ type: 'attach', session }, { ...event, session, seq })
    const [, reply] = await stream.take(2)
    return reply?.type === 'decision' ? reply.decision : reply
  }
  const hear = { type: 'hear', text: 'hello' }
  if (session === 'known') expect(await decide(hear)).not.toMatchObject({ tokensRun: 0 })
  state.isBroken = true
  await predict()
  if (session === 'known') expect(await decide(hear)).toMatchObject({ tokensRun: 0 })
  else expect(await decide({ type: 'userSilent' })).toBeNull()
  expect((await ready()).json()).toEqual({ status: 'unready', reason: 'model_failed' })
})
