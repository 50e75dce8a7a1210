import { TurnwiseError } from '@turnwise/core'
import { createFakeModel } from '@turnwise/core/testing'
import { expect, test } from 'vitest'
import { createFakeServer } from './test/fakeServer.js'
import { openStream } from './test/testStream.js'

/** What somebody said. It must be found nowhere but in answers that repeat the conversation on purpose. */
const CANARY = 'canary4711'

/** Every place of a request that somebody's words may get into, by right or by mistake. */
const BODIES: readonly unknown[] = [
  { messages: [{ role: 'user', content: CANARY }] },
  { messages: [{ role: CANARY, content: CANARY }] },
  { messages: [{ role: 'user', content: { [CANARY]: CANARY } }] },
  { messages: [{ role: 'assistant', content: CANARY }] },
  { messages: [{ role: 'user', content: `${CANARY} \ud800` }] },
  { messages: CANARY },
  { messages: [CANARY], agentSpeaking: CANARY, [CANARY]: CANARY },
  { conversations: [{ messages: [{ role: 'user', content: CANARY }] }, { messages: CANARY }] },
  { events: [{ type: 'hear', text: CANARY }] },
  { events: [{ type: 'agentSpeaking', text: CANARY }, { type: 'userSilent' }, { type: CANARY }] },
  { events: [{ type: 'expecting', expect: CANARY }] },
  { events: [{ type: 'addMessage', message: { role: CANARY, content: CANARY } }] },
  { id: 'call', messages: [{ role: 'user', content: CANARY }], policy: CANARY, expect: CANARY },
  { id: 'call', messages: [{ role: 'user', content: CANARY }] },
  { resume: Buffer.from(JSON.stringify({ formatVersion: 2, messages: CANARY })).toString('base64url') },
  { message: { type: 'call.endpointing.request', messages: [{ role: 'user', message: CANARY }] } },
  { message: { type: CANARY, messages: CANARY } },
  { inputs: [{ name: CANARY, shape: [1], datatype: 'BYTES', data: [CANARY] }] },
  {
    inputs: [
      { name: 'conversation', shape: [1], datatype: 'BYTES', data: [`[{"role":"user","content":"${CANARY}"}]`] },
    ],
  },
  CANARY,
]
const URLS = [
  '/v1/predict',
  '/v1/sessions',
  '/v1/sessions/call/events',
  '/v1/vapi/endpointing',
  '/v2/models/fake/infer',
]

const FAILURES = [
  undefined,
  () => new TypeError(`${CANARY} is no function`),
  () => new TurnwiseError('MODEL_FAILED', 'It broke.', { cause: new Error(CANARY) }),
]

test.each(FAILURES)('what was said is in no log, no metric and no error (%#)', async (failure) => {
  const model = createFakeModel({
    logits: () => {
      if (failure !== undefined) throw failure()
      return [1, 2, 3, 4]
    },
  })
  const { app, log } = await createFakeServer({ model, settings: { logLevel: 'debug' } })
  const answers: string[] = []
  await app.inject({ method: 'POST', url: '/v1/sessions', payload: { id: 'call' } })
  for (const url of URLS) {
    for (const body of BODIES) {
      for (const payload of [JSON.stringify(body), `{"messages": "${CANARY}`]) {
        const headers = {
          'content-type': 'application/json',
          'turnwise-deadline-ms': payload.length > 40 ? '5000' : CANARY,
        }
        answers.push((await app.inject({ method: 'POST', url, headers, payload })).body)
      }
    }
  }
  for (const url of [`/${CANARY}`, `/v1/predict?${CANARY}=${CANARY}`, `/v1/sessions/${CANARY}`, `/%zz${CANARY}`]) {
    for (const method of ['GET', 'POST', 'DELETE'] as const) answers.push((await app.inject({ method, url })).body)
  }
  const stream = await openStream(app)
  stream.send({ type: 'open', session: 'streamed', messages: [{ role: 'user', content: CANARY }] })
  stream.send({ type: 'hear', session: 'streamed', seq: 1, text: CANARY })
  stream.send({ type: 'hear', session: 'streamed', seq: 2, text: [CANARY] }, { type: CANARY })
  stream.sendText(CANARY)
  const replies = await stream.take(5)
  answers.push(JSON.stringify(replies), (await app.inject('/metrics')).body)
  expect(answers.join('\n')).not.toContain(CANARY)
  expect(log.length).toBeGreaterThan(100)
  expect(log.join('\n')).not.toContain(CANARY)
})
