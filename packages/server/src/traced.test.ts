import { SpanStatusCode, trace } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { createFakeModel } from '@turnwise/core/testing'
import { beforeEach, expect, test } from 'vitest'
import { createFakeServer, MESSAGES } from './test/fakeServer.js'
import { openStream } from './test/testStream.js'

const exporter = new InMemorySpanExporter()
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }))
beforeEach(() => exporter.reset())

const ASK = { method: 'POST' as const, url: '/v1/predict', payload: { messages: MESSAGES } }

/** The spans so far: names and where they are from. */
function spans(): string[] {
  return exporter.getFinishedSpans().map(({ name, attributes }) => `${name} ${attributes.source}`)
}

test('every decision is a span, whoever asked', async () => {
  const { app } = await createFakeServer()
  await app.inject(ASK)
  expect(spans()).toEqual(['turnwise.model predict', 'turnwise.decide predict'])
  await app.inject({ method: 'POST', url: '/v1/sessions', payload: { id: 'call' } })
  const events = [
    { type: 'hear', text: 'hello' },
    { type: 'agentFinished', text: 'Hi' },
  ]
  await app.inject({ method: 'POST', url: '/v1/sessions/call/events', payload: { events } })
  const stream = await openStream(app)
  stream.send({ type: 'open', session: 'other' }, { type: 'hear', session: 'other', seq: 1, text: 'hello' })
  await stream.take(2)
  expect(spans().slice(2)).toEqual(['turnwise.model session', 'turnwise.model stream'])
})

test('of an error a span has the code, and nothing that was said', async () => {
  const model = createFakeModel({
    logits: () => {
      throw new TypeError('SECRET is no function')
    },
  })
  const { app } = await createFakeServer({ model })
  await app.inject(ASK)
  for (const { status, events } of exporter.getFinishedSpans()) {
    expect(status).toEqual({ code: SpanStatusCode.ERROR, message: 'INTERNAL' })
    expect(JSON.stringify(events)).not.toContain('SECRET')
  }
  expect(exporter.getFinishedSpans()).toHaveLength(2)
})
