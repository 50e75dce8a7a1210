import { ACTIONS, type Decision } from '@turnwise/core'
import { expect, test } from 'vitest'
import { createFakeDetector, createFakeServer } from '../test/fakeServer.js'

type App = Awaited<ReturnType<typeof createFakeServer>>['app']

const CONVERSATIONS = [
  [{ role: 'user' as const, content: 'hello' }],
  [
    { role: 'assistant' as const, content: 'Señor?' },
    { role: 'user' as const, content: 'yes ✓' },
  ],
]
const ELEMENTS = [JSON.stringify(CONVERSATIONS[0]), JSON.stringify({ messages: CONVERSATIONS[1], agentSpeaking: true })]

function input(data: unknown, shape: number[] = [2]) {
  return { name: 'conversation', shape, datatype: 'BYTES', data }
}

async function expectedValues(): Promise<number[]> {
  const decisions = await createFakeDetector().predictMany(CONVERSATIONS.map((messages) => ({ messages })))
  return decisions.flatMap(({ probabilities }: Decision) => ACTIONS.map((action) => probabilities[action]))
}

function infer(app: App, body: object | Buffer, headers: Record<string, string> = {}, path = '/v2/models/fake/infer') {
  const payload = Buffer.isBuffer(body) ? body : JSON.stringify(body)
  return app.inject({ method: 'POST', url: path, headers, payload })
}

/** A request whose tensor is binary. */
function binaryRequest(elements: readonly string[], head: object = {}, size?: number) {
  const parts = elements.flatMap((element) => {
    const bytes = Buffer.from(element)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(bytes.length)
    return [length, bytes]
  })
  const tensor = Buffer.concat(parts)
  const parameters = { binary_data_size: size ?? tensor.length }
  const { data: _, ...described } = input([], [elements.length])
  const json = Buffer.from(JSON.stringify({ inputs: [{ ...described, parameters }], ...head }))
  return { body: Buffer.concat([json, tensor]), headers: { 'inference-header-content-length': String(json.length) } }
}

test.each(['/v2/models/fake/infer', '/v2/models/fake/versions/0.0.0/infer'])('%s answers JSON', async (path) => {
  const { app } = await createFakeServer()
  const response = await infer(app, { id: 'mine', inputs: [input(ELEMENTS)] }, {}, path)
  expect(response.statusCode).toBe(200)
  const { outputs, ...head } = response.json()
  expect(head).toEqual({ id: 'mine', model_name: 'fake', model_version: '0.0.0' })
  expect(outputs).toEqual([{ name: 'probabilities', datatype: 'FP32', shape: [2, 4], data: await expectedValues() }])
})

test('a tensor of two dimensions is the same', async () => {
  const { app } = await createFakeServer()
  const nested = input(
    ELEMENTS.map((element) => [element]),
    [2, 1],
  )
  const { outputs } = (await infer(app, { inputs: [nested] })).json()
  expect(outputs[0].data).toEqual(await expectedValues())
})

test.each([
  { outputs: [{ name: 'probabilities', parameters: { binary_data: true } }] },
  { parameters: { binary_data_output: true } },
])('binary in, binary out: %j', async (head) => {
  const { app } = await createFakeServer()
  const { body, headers } = binaryRequest(ELEMENTS, head)
  const response = await infer(app, body, headers)
  expect(response.statusCode).toBe(200)
  const length = Number(response.headers['inference-header-content-length'])
  const { outputs } = JSON.parse(response.rawPayload.toString('utf8', 0, length))
  expect(outputs).toEqual([
    { name: 'probabilities', datatype: 'FP32', shape: [2, 4], parameters: { binary_data_size: 32 } },
  ])
  const tensor = response.rawPayload.subarray(length)
  const values = Array.from({ length: 8 }, (_, index) => tensor.readFloatLE(index * 4))
  expect(values).toEqual((await expectedValues()).map(Math.fround))
})

test('about server and model, and whether they are ready', async () => {
  const { app } = await createFakeServer()
  const get = async (url: string) => (await app.inject(url)).json()
  expect(await get('/v2')).toMatchObject({ name: 'turnwise', extensions: ['binary_tensor_data'] })
  expect(await get('/v2/health/live')).toEqual({ live: true })
  expect(await get('/v2/health/ready')).toEqual({ ready: true })
  expect(await get('/v2/models/fake')).toMatchObject({ name: 'fake', versions: ['0.0.0'] })
  expect(await get('/v2/models/fake/ready')).toEqual({ name: 'fake', ready: true })
  expect(await get('/v2/models/other/ready')).toEqual({ error: expect.stringContaining('NOT_FOUND') })
})

const broken = binaryRequest(ELEMENTS)
test.each<[string, object | Buffer, Record<string, string>, string]>([
  ['no JSON', Buffer.from('SECRET'), {}, 'INVALID_JSON'],
  ['an unknown input', { inputs: [{ ...input(ELEMENTS), name: 'text' }] }, {}, 'inputs.0.name'],
  ['two inputs', { inputs: [input(ELEMENTS), input(ELEMENTS)] }, {}, 'inputs'],
  ['another datatype', { inputs: [{ ...input([1, 2]), datatype: 'INT64' }] }, {}, 'inputs.0.datatype'],
  ['an unknown output', { inputs: [input(ELEMENTS)], outputs: [{ name: 'logits' }] }, {}, 'outputs.0.name'],
  ['a wrong shape', { inputs: [input(ELEMENTS, [3])] }, {}, '2 elements and its shape asks for 3'],
  ['nothing', { inputs: [input([], [0])] }, {}, '0 elements'],
  ['an element that is no JSON', { inputs: [input(['SECRET'], [1])] }, {}, 'inputs.0.data.0 is not valid JSON'],
  [
    'an element that is no conversation',
    { inputs: [input(['{"messages":"SECRET"}'], [1])] },
    {},
    'inputs.0.data.0.messages',
  ],
  ['a header that is too long', broken.body, { 'inference-header-content-length': '99999' }, 'is wrong'],
  ['a header that is none', broken.body, { 'inference-header-content-length': 'x' }, 'is wrong'],
  ['a tensor that is cut off', broken.body.subarray(0, -1), broken.headers, 'binary_data_size is wrong'],
  ['bytes that are over', Buffer.concat([broken.body, Buffer.from('x')]), broken.headers, 'longer than its tensors'],
])('refuses %s', async (_, body, headers, problem) => {
  const { app } = await createFakeServer()
  const response = await infer(app, body, headers)
  expect(response.statusCode).toBe(400)
  expect(response.json()).toEqual({ error: expect.stringContaining(problem) })
  expect(response.body).not.toContain('SECRET')
})

test('an element that says to be longer than it is', async () => {
  const { app } = await createFakeServer()
  const { body, headers } = binaryRequest(['abc'], {}, 6)
  const response = await infer(app, body.subarray(0, -1), headers)
  expect(response.json()).toEqual({ error: expect.stringContaining('cut off') })
})
