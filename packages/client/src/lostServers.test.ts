import type { Session, SessionDecision } from '@turnwise/core'
import { createFakeModel } from '@turnwise/core/testing'
import { describe, expect, test, vi } from 'vitest'
import type { ClientSession } from './clientSession.js'
import { createHeldModel } from './test/heldModel.js'
import { startTcpProxy, type TcpProxy } from './test/tcpProxy.js'
import { createTestClient, createTestDetector, startTestServer } from './test/testServer.js'

const GREETING = { role: 'assistant', content: 'Which day?' } as const

/** One thing that happens in a call. */
type Step = (session: ClientSession | Session) => unknown

/** A call in which everything happens that a session keeps, `turns` times over. */
function callOf(turns: number): Step[] {
  return Array.from({ length: turns }, (_, turn): Step[] => [
    (session) => session.hear(`part ${turn}`, { atMs: 10 * turn, final: true }),
    (session) => session.agentSpeaking(`Well ${turn}`),
    (session) => session.hear('uh huh', { atMs: 10 * turn + 1 }),
    (session) => session.agentSpeaking(`Well ${turn} and`),
    (session) => session.agentFinished(),
    (session) => session.agentSpeaking('Anything else?'),
    (session) => session.agentFinished(),
    (session) => session.hear('and', { atMs: 10 * turn + 2 }),
    (session) => session.addMessage({ role: 'tool', content: 'found' }),
    (session) => session.expecting(turn % 2 === 0 ? 'phone' : undefined),
    (session) => session.hear(`oh seven ${turn}`, { atMs: 10 * turn + 3 }),
  ]).flat()
}

async function play(session: ClientSession | Session, steps: Step[]): Promise<void> {
  for (const step of steps) await step(session)
}

/** The words over the agent are backchannels. */
const model = () => createFakeModel({ logits: (prompt) => [prompt.length % 3, 1, 0, 4] })

/** What is decided at the end, with nothing lost. */
async function decideUndisturbed(steps: Step[]): Promise<SessionDecision> {
  const session = createTestDetector(model()).openSession({ messages: [GREETING] })
  await play(session, steps)
  return session.hear('and now', { atMs: 5000 })
}

/** Lost before each step of a call in turn; `lose` has to leave the way to a server open. */
async function loseEverywhere(proxy: TcpProxy, steps: Step[], lose: () => void): Promise<SessionDecision[]> {
  const decisions: SessionDecision[] = []
  for (let place = 0; place <= steps.length; place += 1) {
    const client = createTestClient(proxy.url)
    const session = client.openSession({ messages: [GREETING] })
    await play(session, steps.slice(0, place))
    // The last token may be on its way.
    await new Promise((resolve) => setTimeout(resolve, 20))
    lose()
    await play(session, steps.slice(place))
    decisions.push(await session.hear('and now', { atMs: 5000 }))
    await client.close()
  }
  return decisions
}

describe('a call goes on', () => {
  test('on the same server, which computes nothing twice', async () => {
    const { port } = await startTestServer({ model: model() })
    const proxy = await startTcpProxy(port)
    const steps = callOf(1)
    const expected = await decideUndisturbed(steps)
    for (const decision of await loseEverywhere(proxy, steps, () => proxy.cut())) expect(decision).toEqual(expected)
  })

  test('on another server, wherever the first was lost', async () => {
    const servers = [await startTestServer({ model: model() }), await startTestServer({ model: model() })]
    const proxy = await startTcpProxy(servers[0]?.port ?? 0)
    let current = 0
    const steps = callOf(2)
    const { action, probabilities, waitMs } = await decideUndisturbed(steps)
    const decisions = await loseEverywhere(proxy, steps, () => {
      current = 1 - current
      proxy.target = servers[current]?.port
      proxy.cut()
    })
    for (const decision of decisions) expect(decision).toMatchObject({ action, probabilities, waitMs })
  })

  test('after hundreds of words without a turn', async () => {
    const [first, second] = [await startTestServer(), await startTestServer()]
    const proxy = await startTcpProxy(first.port)
    const session = createTestClient(proxy.url).openSession()
    const same = createTestDetector().openSession()
    const words: string[] = []
    for (let word = 0; word < 100; word += 1) {
      words.push(`word${word}`)
      for (const each of [session, same]) await each.hear(words.join(' '), { atMs: word })
    }
    proxy.target = second.port
    proxy.cut()
    const { probabilities } = await same.hear('in the end', { atMs: 200 })
    expect(await session.hear('in the end', { atMs: 200 })).toMatchObject({ probabilities })
  })

  test('when the server stops', async () => {
    const [first, second] = [await startTestServer(), await startTestServer()]
    const proxy = await startTcpProxy(first.port)
    const session = createTestClient(proxy.url).openSession({ messages: [GREETING] })
    await session.hear('Mon', { atMs: 1 })
    proxy.target = second.port
    await first.close(0)
    const same = createTestDetector().openSession({ messages: [GREETING] })
    await same.hear('Mon', { atMs: 1 })
    const { tokensRun: _, ...expected } = await same.hear('Monday', { atMs: 2 })
    expect(await session.hear('Monday', { atMs: 2 })).toMatchObject(expected)
  })

  test('after it was idle for too long', async () => {
    const { url } = await startTestServer({ settings: { sessionIdleMs: 50 } })
    const session = createTestClient(url).openSession({ messages: [GREETING] })
    const same = createTestDetector().openSession({ messages: [GREETING] })
    for (const text of ['Mon', 'Monday', 'Monday at', 'Monday at ten']) {
      const { tokensRun: _, ...expected } = await same.hear(text, { atMs: 1 })
      expect(await session.hear(text, { atMs: 1 })).toMatchObject(expected)
      await new Promise((resolve) => setTimeout(resolve, 120))
    }
  })

  test('elsewhere, with a token', async () => {
    const [first, second] = [await startTestServer(), await startTestServer()]
    const session = createTestClient(first.url).openSession({ messages: [GREETING] })
    await session.hear('Mon', { atMs: 1 })
    const resumed = createTestClient(second.url).openSession({ resume: await session.save() })
    const same = createTestDetector().openSession({ messages: [GREETING] })
    await same.hear('Mon', { atMs: 1 })
    const { tokensRun: _, ...expected } = await same.hear('Monday', { atMs: 2 })
    expect(await resumed.hear('Monday', { atMs: 2 })).toMatchObject(expected)
  })
})

test('a call does not go on with a server that has other secrets: the caller is told, and can begin again', async () => {
  const [first, second] = [await startTestServer(), await startTestServer({ resumeSecrets: () => ['other'] })]
  const proxy = await startTcpProxy(first.port)
  const client = createTestClient(proxy.url)
  const session = client.openSession({ messages: [GREETING] })
  await session.hear('Mon', { atMs: 1 })
  await session.save()
  proxy.target = second.port
  proxy.cut()
  for (const text of ['Monday', 'Monday at']) {
    await expect(session.hear(text, { atMs: 2 })).rejects.toMatchObject({ code: 'INVALID_RESUME_TOKEN' })
  }
  const again = client.openSession({ messages: [GREETING] })
  expect(await again.hear('Monday at ten', { atMs: 3 })).toHaveProperty('action')
})

test('answers that are lost with the connection are asked for again', async () => {
  const model = createHeldModel()
  const { port } = await startTestServer({ model })
  const proxy = await startTcpProxy(port)
  const session = createTestClient(proxy.url).openSession()
  const lost = session.hear('one two', { atMs: 1, final: true })
  await vi.waitUntil(() => model.held === 1)
  session.agentFinished('Well')
  const newest = session.hear('three', { atMs: 2 })
  await session.save()
  proxy.cut()
  await vi.waitUntil(() => proxy.connections === 2)
  model.release()
  // They wait together now, and together they are answered.
  expect(await lost).toBe(await newest)
  const same = createTestDetector().openSession()
  const calls = [same.hear('one two', { atMs: 1, final: true })]
  same.agentFinished('Well')
  calls.push(same.hear('three', { atMs: 2 }))
  expect((await newest).probabilities).toEqual((await Promise.all(calls)).at(-1)?.probabilities)
})

test('what is said while there is no server is said when there is one', async () => {
  const { port } = await startTestServer()
  const proxy = await startTcpProxy(port)
  proxy.target = undefined
  const session = createTestClient(proxy.url).openSession({ messages: [GREETING] })
  const calls = ['on', 'on Mon', 'on Monday'].map((text) => session.hear(text, { atMs: 1 }))
  await new Promise((resolve) => setTimeout(resolve, 100))
  proxy.target = port
  const decisions = await Promise.all(calls)
  const { probabilities } = await createTestDetector()
    .openSession({ messages: [GREETING] })
    .hear('on Monday')
  expect(decisions.at(-1)).toMatchObject({ probabilities })
})

test('a machine that has fallen silent is left', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true })
  try {
    const { port } = await startTestServer()
    const proxy = await startTcpProxy(port)
    const session = createTestClient(proxy.url).openSession()
    await session.hear('hello')
    proxy.swallow()
    await vi.advanceTimersByTimeAsync(11_000)
    expect(await session.hear('hello you')).toHaveProperty('action')
    expect(proxy.connections).toBe(2)
  } finally {
    vi.useRealTimers()
  }
})
