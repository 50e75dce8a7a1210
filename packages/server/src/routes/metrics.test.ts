import { createFakeModel } from '@turnwise/core/testing'
import { expect, test } from 'vitest'
import { createModelMetrics } from '../modelMetrics.js'
import { createFakeServer, createHeldModel, LOGITS, MESSAGES } from '../test/fakeServer.js'
import { openStream } from '../test/testStream.js'
import { until } from '../test/until.js'

type App = Awaited<ReturnType<typeof createFakeServer>>['app']

const ASK = { method: 'POST' as const, url: '/v1/predict', payload: { messages: MESSAGES } }

/** The samples by name and labels. */
async function samples(app: App): Promise<Map<string, number>> {
  const { body } = await app.inject('/metrics')
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]))
}

test('counts decisions and their time, by who asked', async () => {
  const { app } = await createFakeServer({ model: createFakeModel({ logits: () => LOGITS.startSpeaking }) })
  await app.inject(ASK)
  await app.inject({ method: 'POST', url: '/v1/sessions', payload: { id: 'call' } })
  const events = [
    { type: 'hear', text: 'hello' },
    { type: 'agentFinished', text: 'Hi' },
  ]
  await app.inject({ method: 'POST', url: '/v1/sessions/call/events', payload: { events } })
  const stream = await openStream(app)
  stream.send({ type: 'open', session: 'other' }, { type: 'hear', session: 'other', seq: 1, text: 'hello' })
  await stream.take(2)
  const found = await samples(app)
  for (const source of ['predict', 'session', 'stream']) {
    expect(found.get(`turnwise_decisions_total{source="${source}",action="start_speaking"}`)).toBe(1)
    expect(found.get(`turnwise_decision_seconds_count{source="${source}"}`)).toBe(1)
  }
  expect(found.get('turnwise_sessions_open')).toBe(2)
  expect(found.get('turnwise_streams_open')).toBe(1)
  expect(found.get('turnwise_queue_seconds_count')).toBe(1)
  expect(found.get('turnwise_request_seconds_count{route="/v1/sessions/:id/events",status="200"}')).toBe(1)
  expect(found.has('turnwise_nodejs_eventloop_lag_p99_seconds')).toBe(true)
  for (const name of found.keys()) expect(name).toMatch(/^turnwise_/)
})

test('shows what the model did, if its observer was told', async () => {
  const modelMetrics = createModelMetrics()
  const { app } = await createFakeServer({ modelMetrics })
  const { observer } = modelMetrics
  observer.onRun({ waitedMs: [1, 30], ranMs: 250, tokensRun: 20, tokensReused: 0 })
  observer.onRun({ waitedMs: [0], ranMs: 500, tokensRun: 4, tokensReused: 50 })
  observer.onCacheChange(3000)
  observer.onCacheChange(-1000)
  expect(Object.fromEntries(await samples(app))).toMatchObject({
    turnwise_model_wait_seconds_count: 3,
    'turnwise_model_wait_seconds_bucket{le="0.001"}': 2,
    turnwise_model_run_seconds_sum: 0.75,
    'turnwise_batch_rows_bucket{le="1"}': 1,
    turnwise_batch_rows_sum: 3,
    turnwise_tokens_run_total: 24,
    turnwise_tokens_reused_total: 50,
    turnwise_cache_bytes: 2000,
  })
})

test('shows what runs and waits, and counts what is refused and superseded', async () => {
  const model = createHeldModel()
  const { app } = await createFakeServer({ model, settings: { maxRunning: 1, maxWaiting: 1 } })
  const asked = [app.inject(ASK), app.inject(ASK)]
  await until(() => model.held === 1)
  await app.inject(ASK)
  await app.inject('/nowhere/1')
  await app.inject('/nowhere/2')
  const stream = await openStream(app)
  stream.send({ type: 'open', session: 'a' })
  for (const seq of [1, 2, 3]) stream.send({ type: 'hear', session: 'a', seq, text: 'a'.repeat(seq) })
  await until(() => model.held === 2)
  const found = await samples(app)
  expect([found.get('turnwise_queue_running'), found.get('turnwise_queue_waiting')]).toEqual([1, 1])
  expect(found.get('turnwise_errors_total{code="OVERLOADED"}')).toBe(1)
  expect(found.get('turnwise_request_seconds_count{route="unknown",status="404"}')).toBe(2)
  model.release()
  await Promise.all(asked)
  await stream.take(4)
  expect((await samples(app)).get('turnwise_superseded_total')).toBeGreaterThan(0)
})

test.each(['/%6Detrics', '/metric%73?a=1'])(
  'is not answered at %s: a balancer may not know it for /metrics',
  async (url) => {
    const { app } = await createFakeServer()
    const answer = await app.inject(url)
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({ error: { code: 'NOT_FOUND' } })
    expect((await app.inject('/metrics?a=1')).statusCode).toBe(200)
  },
)
