import { expect, onTestFinished, test, vi } from 'vitest'
import { createGate } from './gate.js'

/** Tasks that end when they are told to. */
function createTasks() {
  const ends: (() => void)[] = []
  const begun: number[] = []
  const task = (name: number) => () =>
    new Promise<number>((resolve) => {
      begun.push(name)
      ends.push(() => resolve(name))
    })
  return { task, begun, ends }
}

const FOREVER = new AbortController().signal
const ANY_TIME = Number.POSITIVE_INFINITY

test('so many run, so many wait in the order in which they came, and more are refused', async () => {
  const waits: number[] = []
  const gate = createGate({ maxRunning: 2, maxWaiting: 2, maxWaitMs: 1000 }, (waitedMs) => waits.push(waitedMs))
  const { task, begun, ends } = createTasks()
  const passed = [0, 1, 2, 3].map((name) => gate.pass(task(name), ANY_TIME, FOREVER))
  expect([gate.running, gate.waiting, begun]).toEqual([2, 2, [0, 1]])
  expect(gate.retryAfterMs).toBeGreaterThan(0)
  expect(() => gate.check(ANY_TIME)).toThrow('another would wait')
  await expect(gate.pass(task(4), ANY_TIME, FOREVER)).rejects.toMatchObject({ code: 'OVERLOADED' })
  for (const name of [0, 1, 2, 3]) {
    ends[name]?.()
    expect(await passed[name]).toBe(name)
  }
  expect(begun).toEqual([0, 1, 2, 3])
  expect([gate.running, gate.waiting, waits.length]).toEqual([0, 0, 4])
})

test('a task that fails makes room, and one that is aborted while it waits never runs', async () => {
  const gate = createGate({ maxRunning: 1, maxWaiting: 2, maxWaitMs: 1000 }, () => undefined)
  const { task, begun, ends } = createTasks()
  let fail: (error: Error) => void = () => undefined
  const failing = gate.pass(() => new Promise((_, reject) => (fail = reject)), ANY_TIME, FOREVER)
  const leaving = new AbortController()
  const left = gate.pass(task(1), ANY_TIME, leaving.signal)
  const last = gate.pass(task(2), ANY_TIME, FOREVER)
  leaving.abort(new Error('gone'))
  await expect(left).rejects.toThrow('gone')
  expect(gate.waiting).toBe(1)
  fail(new Error('broken'))
  await expect(failing).rejects.toThrow('broken')
  ends[0]?.()
  expect(await last).toBe(2)
  expect(begun).toEqual([2])
})

test('what would wait for too long, or for longer than its caller, is refused; a slower model takes fewer', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const gate = createGate({ maxRunning: 2, maxWaiting: 1000, maxWaitMs: 1000 }, () => undefined)

  /** How many are taken at a time when each takes so long. */
  async function mostTaken(eachMs: number): Promise<number> {
    const task = () => new Promise<void>((resolve) => setTimeout(resolve, eachMs))
    for (let round = 0; round < 200; round += 1) {
      const pair = [
        gate.pass(task, ANY_TIME, new AbortController().signal),
        gate.pass(task, ANY_TIME, new AbortController().signal),
      ]
      await vi.advanceTimersByTimeAsync(eachMs)
      await Promise.all(pair)
    }
    const taken: Promise<void>[] = []
    for (;;) {
      try {
        gate.check(ANY_TIME)
      } catch {
        break
      }
      taken.push(gate.pass(task, ANY_TIME, new AbortController().signal))
    }
    await vi.advanceTimersByTimeAsync(eachMs * taken.length)
    await Promise.all(taken)
    return taken.length
  }

  // Two at a time in 20 ms: a hundred in a second, and two that run.
  expect(await mostTaken(20)).toBeGreaterThan(95)
  const slow = await mostTaken(200)
  expect([slow >= 11, slow <= 13]).toEqual([true, true])
  const running = [1, 2].map(() => gate.pass(() => Promise.resolve(), ANY_TIME, new AbortController().signal))
  expect(() => gate.check(50)).toThrow()
  expect(() => gate.check(500)).not.toThrow()
  await Promise.all(running)
})

test('where nothing comes out any more fewer are taken, before anything has said how long it takes', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const gate = createGate({ maxRunning: 2, maxWaiting: 1000, maxWaitMs: 1000 }, () => undefined)
  const { task } = createTasks()
  const pass = () => void gate.pass(task(0), ANY_TIME, FOREVER)
  pass()
  pass()
  vi.advanceTimersByTime(500)
  for (let count = 0; count < 4; count += 1) pass()
  expect(() => gate.check(ANY_TIME)).toThrow('another would wait for 1250 ms')
  expect(gate.retryAfterMs).toBe(1500)
})

test('twice as many are refused at once as are decided about; others when they should come again, or have to know', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const gate = createGate({ maxRunning: 1, maxWaiting: 100, maxWaitMs: 1000 }, () => undefined)
  const { task, ends } = createTasks()
  const passed = Array.from({ length: 20 }, (_, name) => gate.pass(task(name), ANY_TIME, new AbortController().signal))

  /** How long a refusal is held. */
  async function heldMs(withinMs = ANY_TIME): Promise<number> {
    const beganMs = performance.now()
    const held = gate.pace(withinMs).then(() => performance.now() - beganMs)
    await vi.runAllTimersAsync()
    return held
  }

  // A rush after a quiet time.
  for (let count = 0; count < 250; count += 1) expect(await heldMs()).toBe(0)
  // A gate that has seen nothing takes a request for one of 10 ms.
  expect(await heldMs()).toBe(200)
  expect(await heldMs(20)).toBe(20)
  ends[0]?.()
  await passed[0]
  expect([await heldMs(), await heldMs()]).toEqual([0, 0])
  const { retryAfterMs } = gate
  expect(await heldMs()).toBe(retryAfterMs)
  expect(retryAfterMs).toBeGreaterThan(0)
})
