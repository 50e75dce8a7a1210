import { setTimeout as sleep } from 'node:timers/promises'
import { ACTIONS, createClient, type Message, type Probabilities } from '@turnwise/client'
import { loadDetector } from 'turnwise'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { hasCommand } from './deployFolder.js'
import { type LiveCall, startCall, type Update } from './liveCall.js'
import { startHaproxy } from './startHaproxy.js'
import { type Running, startServe } from './startServe.js'
import { TEST_MODEL } from './testModel.js'

const CALLS = Number(process.env.FAILOVER_CALLS ?? 12)
/** Some clients have one call, others several. */
const CALLS_OF_CLIENTS = [1, 2, 3]
const WORD_MS = 500
/** Between predictions: asked without a pause they would take whatever the machine has left. */
const PREDICTION_MS = 50
/** How long all calls go on before the kill, and after it. */
const BEFORE_MS = 2000
const AFTER_MS = 4000
/** How much longer than others the caller of a killed instance may wait for the decision about its newest words. */
const MOST_MS = 1000
/** Answers of a cached prefix and of a whole prompt differ by the order of additions, those of two calls by 0.01 and more. */
const LOG_TOLERANCE = 1e-3

async function startInstances(): Promise<{ instances: Running[]; balancer: Running }> {
  const instances = [await startServe(), await startServe(), await startServe()]
  return { instances, balancer: await startHaproxy(instances.map(({ port }) => port)) }
}

async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
}

function countSessions(instances: readonly Running[]): Promise<number[]> {
  return Promise.all(instances.map(({ url }) => metric(url, 'turnwise_sessions_open')))
}

/** Waits until every call has its session. */
async function untilOpen(instances: readonly Running[]): Promise<void> {
  while ((await countSessions(instances)).reduce((sum, each) => sum + each) < CALLS) await sleep(100)
}

/** Which calls an instance has. */
function findCalls(url: string): Promise<boolean[]> {
  const asked = Array.from({ length: CALLS }, (_, index) => fetch(`${url}/v1/sessions/call-${index}`))
  return Promise.all(asked.map(async (answer) => (await answer).ok))
}

async function post(url: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
}

function slowestOf(updates: readonly Update[]): number {
  return Math.max(...updates.map(({ tookMs }) => tookMs))
}

function describe(updates: readonly Update[]): string {
  const tookMs = updates.map((update) => update.tookMs).sort((left, right) => left - right)
  return `${tookMs.length} answers, median ${tookMs[tookMs.length >> 1]?.toFixed()} ms, slowest ${tookMs.at(-1)?.toFixed()} ms`
}

function isSame(left: Probabilities, right: Probabilities): boolean {
  return ACTIONS.every((action) => Math.abs(Math.log(left[action] / right[action])) < LOG_TOLERANCE)
}

/** What the model says about each conversation, asked in this process. */
async function decideHere(conversations: readonly (readonly Message[])[]): Promise<Probabilities[]> {
  const detector = await loadDetector({ model: TEST_MODEL, threads: 1 })
  try {
    const decisions = await detector.predictMany(conversations.map((messages) => ({ messages })))
    return decisions.map(({ probabilities }) => probabilities)
  } finally {
    await detector.close()
  }
}

/** Predictions one after another, as long as the calls last. */
async function keepPredicting(
  url: string,
  isOver: () => boolean,
): Promise<{ messages: Message[]; answer: Response }[]> {
  const answers: { messages: Message[]; answer: Response }[] = []
  while (!isOver()) {
    const messages: Message[] = [{ role: 'user', content: `prediction number ${answers.length}` }]
    answers.push({ messages, answer: await post(`${url}/v1/predict`, { messages }) })
    await sleep(PREDICTION_MS)
  }
  return answers
}

/** Starts as many calls as there are to be, over streams that carry one or several. */
function startCalls(url: string): LiveCall[] {
  const calls: LiveCall[] = []
  while (calls.length < CALLS) {
    const client = createClient({ url, WebSocket })
    onTestFinished(() => client.close())
    const count = CALLS_OF_CLIENTS[calls.length % CALLS_OF_CLIENTS.length] ?? 1
    for (let each = 0; each < count && calls.length < CALLS; each += 1) {
      const afterMs = (WORD_MS * calls.length) / CALLS
      calls.push(startCall(client, `call-${calls.length}`, { wordMs: WORD_MS, afterMs }))
    }
  }
  return calls
}

/** Each decision has to be about the words that were told, or about newer ones of the same call. */
async function checkDecisions(calls: readonly (readonly Update[])[]): Promise<void> {
  const all = calls.flat()
  const expected = await decideHere(all.map(({ messages }) => messages))
  const expectedOf = new Map(all.map((update, index) => [update, expected[index]]))
  for (const updates of calls) {
    for (const [index, { decision }] of updates.entries()) {
      const own = updates.slice(index)
      const isOwn = own.some((later) => isSame(decision.probabilities, expectedOf.get(later) as Probabilities))
      expect(isOwn, `update ${index} of a call`).toBe(true)
    }
    const newest = updates.at(-1)
    expect(newest && isSame(newest.decision.probabilities, expectedOf.get(newest) as Probabilities)).toBe(true)
  }
  // The check can tell one call from another: same words, other answers.
  const firsts = calls.map(([first]) => first && expectedOf.get(first))
  for (const [index, first] of firsts.entries()) {
    for (const other of firsts.slice(index + 1)) expect(first && other && isSame(first, other)).toBe(false)
  }
}

test.skipIf(!hasCommand('haproxy'))(
  'kill -9 of one of three instances under load: every call goes on within a second, none with the words of another',
  { timeout: 600_000 },
  async () => {
    const { instances, balancer } = await startInstances()
    const calls = startCalls(balancer.url)
    let isOver = false
    const predicting = keepPredicting(balancer.url, () => isOver)

    await untilOpen(instances)
    await sleep(BEFORE_MS)
    const open = await countSessions(instances)
    const busiest = open.indexOf(Math.max(...open))
    const isLost = await findCalls(instances[busiest]?.url ?? '')
    expect(isLost.filter(Boolean)).toHaveLength(open[busiest] ?? 0)
    const killedAtMs = performance.now()
    await instances[busiest]?.kill()
    await sleep(AFTER_MS)
    isOver = true

    const updates = await Promise.all(calls.map((call) => call.end()))
    const after = updates.map((each) => each.filter(({ toldAtMs }) => toldAtMs >= killedAtMs - WORD_MS))
    for (const each of after) expect(each.length).toBeGreaterThan(AFTER_MS / WORD_MS / 2)
    const ofLost = after.filter((_, index) => isLost[index]).flat()
    const ofOthers = after.filter((_, index) => !isLost[index]).flat()
    console.info(`${CALLS} calls. Of the killed instance: ${describe(ofLost)}; of the others: ${describe(ofOthers)}`)
    // On a machine that is busy with other things everything takes longer.
    expect(slowestOf(ofLost)).toBeLessThan(slowestOf(ofOthers) + MOST_MS)
    await checkDecisions(updates)

    const predicted = await predicting
    expect(predicted.map(({ answer }) => answer.status)).toEqual(predicted.map(() => 200))
    const expected = await decideHere(predicted.map(({ messages }) => messages))
    for (const [index, { answer }] of predicted.entries()) {
      const { probabilities } = (await answer.json()) as { probabilities: Probabilities }
      expect(isSame(probabilities, expected[index] as Probabilities)).toBe(true)
    }
  },
)

test.skipIf(!hasCommand('haproxy'))(
  'requests of a session find its instance, and sessions are spread',
  { timeout: 120_000 },
  async () => {
    const { instances, balancer } = await startInstances()
    const ids = Array.from({ length: 30 }, (_, index) => `session-${index}`)
    for (const id of ids) {
      expect((await post(`${balancer.url}/v1/sessions?session=${id}`, { id })).status).toBe(201)
    }
    for (const id of ids) {
      const events = [{ type: 'hear', text: 'hello' }]
      expect((await post(`${balancer.url}/v1/sessions/${id}/events`, { events })).status).toBe(200)
      expect((await fetch(`${balancer.url}/v1/sessions/${id}`)).status).toBe(200)
    }
    for (const { url } of instances) expect(await metric(url, 'turnwise_sessions_open')).toBeGreaterThan(0)
    expect((await fetch(`${balancer.url}/metrics`)).status).toBe(404)
  },
)
