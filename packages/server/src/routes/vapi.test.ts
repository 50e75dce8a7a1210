import { type ActionLogits, POLICIES, waitFor } from '@turnwise/core'
import { createFakeModel } from '@turnwise/core/testing'
import { expect, test } from 'vitest'
import { createFakeDetector, createFakeServer, LOGITS } from '../test/fakeServer.js'

/** As Vapi sends it, cut short. */
function requestFor(messages: object[]) {
  const message = { type: 'call.endpointing.request', timestamp: 1, call: { id: 'x' }, messages }
  return { message }
}

const CALL = [
  { role: 'system', message: 'You are Mary.', time: 1, secondsFromStart: 0 },
  { role: 'bot', message: 'What is your number?', time: 2, secondsFromStart: 0.5 },
  { role: 'tool_calls', toolCalls: [], time: 3 },
  { role: 'user', message: 'oh seven seven', time: 4, secondsFromStart: 1 },
]

async function ask(body: object, logits: ActionLogits = LOGITS.startSpeaking, query = '') {
  const { app } = await createFakeServer({ model: createFakeModel({ logits: () => logits }) })
  return app.inject({ method: 'POST', url: `/v1/vapi/endpointing${query}`, payload: body })
}

/** What a logit of 9 against 0 makes of the pair. */
const SURE = 1 / (1 + Math.exp(-9))

test.each([
  [LOGITS.startSpeaking, '', 'balanced', SURE],
  [LOGITS.continueListening, '', 'balanced', 1 - SURE],
  [LOGITS.continueListening, '?policy=patient', 'patient', 1 - SURE],
  [[0, 0, 9, 0], '?policy=eager', 'eager', 0.5],
] as const)('%j %s: as %s waits at %f', async (logits, query, policy, completion) => {
  const response = await ask(requestFor(CALL), logits, query)
  expect(response.statusCode).toBe(200)
  const waitMs = waitFor(POLICIES[policy], completion, { turnMs: 900, held: 0, answered: 0 })
  expect(response.json().timeoutSeconds).toBeCloseTo(waitMs / 1000, 1)
})

test.each([
  ['that says no yield', [1, 0, 0, 0]],
  ['that says one', [1, 0, 0, 0, 2]],
  ['that says none', [1, 0, 0, 0, -4]],
])('the wait is that of a session that has heard the same, with a model %s', async (_, logits) => {
  const model = () => createFakeModel({ logits: () => logits })
  const response = await ask(requestFor(CALL), logits)
  const session = createFakeDetector(model()).openSession({
    messages: [{ role: 'assistant', content: 'What is your number?' }],
  })
  const { waitMs } = await session.hear('oh seven seven')
  expect(response.json().timeoutSeconds).toBeCloseTo(waitMs / 1000, 3)
})

test.each([
  [{ message: { type: 'end-of-call-report', messages: [] } }, 'INVALID_REQUEST'],
  [{}, 'INVALID_REQUEST'],
  [requestFor([]), 'NO_MESSAGES'],
  [requestFor(CALL.slice(0, 2)), 'LAST_MESSAGE_NOT_USER'],
])('refuses %j', async (body, code) => {
  const response = await ask(body)
  expect(response.statusCode).toBe(400)
  expect(response.json()).toMatchObject({ error: { code } })
})
