import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { createFakeServer, createHeldModel, MESSAGES } from './test/fakeServer.js'
import { until } from './test/until.js'

test('a refusal reads no body, looks for the key first, and counts how long the caller waits', async () => {
  const model = createHeldModel()
  const keys = () => [{ name: 'one', hash: createHash('sha256').update('one').digest() }]
  const { app } = await createFakeServer({ model, keys, settings: { maxRunning: 1 } })
  const ask = (body: object | string, headers = {}) =>
    app.inject({
      method: 'POST',
      url: '/v1/predict',
      headers: { 'content-type': 'application/json', authorization: 'Bearer one', ...headers },
      payload: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const taken = ask({ messages: MESSAGES })
  await until(() => model.held === 1)
  // A gate that has seen nothing takes a request for one of 10 ms.
  const late = { 'turnwise-deadline-ms': '5' }
  expect((await ask('{"messages":', late)).json()).toMatchObject({ error: { code: 'OVERLOADED' } })
  expect((await ask('{"messages":', { ...late, authorization: 'Bearer none' })).statusCode).toBe(401)
  model.release()
  expect((await taken).statusCode).toBe(200)
  expect((await ask('{"messages":')).json()).toMatchObject({ error: { code: 'INVALID_JSON' } })
})
