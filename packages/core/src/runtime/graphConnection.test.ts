import { expect, test } from 'vitest'
import { TurnwiseError } from '../errors.js'
import type { Graph } from './graph.js'
import { connectGraph } from './graphConnection.js'
import type { GraphReply, GraphRequest } from './graphMessages.js'
import { serveGraph } from './serveGraph.js'

/** A graph whose logits are the tokens of its rows; token 0 breaks it. */
function createEcho() {
  const released: number[] = []
  const graph: Graph = {
    sharing: 'padded',
    async run(rows) {
      if (rows.some(({ tokens }) => tokens.includes(0))) throw new RangeError('token 0')
      return rows.map(({ tokens }) => ({ logits: tokens, stateBytes: 0 }))
    },
    release: (id) => released.push(id),
    close: async () => undefined,
  }
  return { graph, released }
}

/** Both ends in this thread; what crosses is cloned, as between threads. */
function connect(open: () => Promise<Graph>) {
  const waiting: boolean[] = []
  let isClosed = false
  let handle: (request: GraphRequest) => void = () => undefined
  const send = (request: GraphRequest) => handle(structuredClone(request))
  const connection = connectGraph({ send, onWaiting: (isWaiting) => waiting.push(isWaiting) })
  const ready = connection.ready()
  const served = serveGraph(
    {
      post: (reply: GraphReply) => connection.receive(structuredClone(reply)),
      listen: (handler) => {
        handle = handler
      },
      close: () => {
        isClosed = true
      },
    },
    open,
  )
  return { ...connection, ready, served, send, waiting, isClosed: () => isClosed }
}

test('runs go to the graph and back, and somebody waits only meanwhile', async () => {
  const { graph, released } = createEcho()
  const { ready, run, release, send, waiting, isClosed } = connect(async () => graph)
  expect(await ready).toBe('padded')
  expect(await run([{ tokens: [1, 2] }, { tokens: [3] }])).toEqual([
    { logits: [1, 2], stateBytes: 0 },
    { logits: [3], stateBytes: 0 },
  ])
  release(7)
  expect(released).toEqual([7])
  expect(waiting).toEqual([true, false, true, false])
  send({ kind: 'close' })
  await expect.poll(isClosed).toBe(true)
})

test('what the runtime throws is MODEL_FAILED, and the graph goes on', async () => {
  const { ready, run } = connect(async () => createEcho().graph)
  await ready
  await expect(run([{ tokens: [0] }])).rejects.toMatchObject({ code: 'MODEL_FAILED', cause: new RangeError('token 0') })
  expect(await run([{ tokens: [3] }])).toMatchObject([{ logits: [3] }])
})

test('a graph that does not load says why', async () => {
  const problem = new TurnwiseError('MODEL_FILE_INVALID', 'It has no logits.', { value: 'logits' })
  const { ready, served } = connect(() => Promise.reject(problem))
  await expect(ready).rejects.toMatchObject({
    code: 'MODEL_FILE_INVALID',
    problem: 'It has no logits.',
    value: 'logits',
  })
  await served
})

test('a thread that ends fails what runs, and what comes later', async () => {
  const { ready, run, fail } = connect(async () => ({
    ...createEcho().graph,
    run: () => new Promise<never>(() => undefined),
  }))
  await ready
  const running = run([{ tokens: [1] }])
  fail('out of memory')
  await expect(running).rejects.toMatchObject({ code: 'MODEL_FAILED', cause: 'out of memory' })
  fail(new TurnwiseError('RUNTIME_UNAVAILABLE', 'too late'))
  await expect(run([{ tokens: [1] }])).rejects.toMatchObject({ code: 'MODEL_FAILED' })
})

test('an error of ours is passed on as it is', async () => {
  const connection = connectGraph({ send: () => undefined })
  const ready = connection.ready()
  connection.fail(new TurnwiseError('RUNTIME_UNAVAILABLE', 'No worker.'))
  await expect(ready).rejects.toMatchObject({ code: 'RUNTIME_UNAVAILABLE' })
})
