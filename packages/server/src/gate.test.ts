import { expect, test } from 'vitest'
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

test('so many run, so many wait in the order in which they came, and more are refused', async () => {
  const waits: number[] = []
  const gate = createGate({ maxRunning: 2, maxWaiting: 2 }, (waitedMs) => waits.push(waitedMs))
  const { task, begun, ends } = createTasks()
  const passed = [0, 1, 2, 3].map((name) => gate.pass(task(name), FOREVER))
  expect([gate.running, gate.waiting, begun]).toEqual([2, 2, [0, 1]])
  expect(gate.retryAfterMs).toBeGreaterThan(0)
  await expect(gate.pass(task(4), FOREVER)).rejects.toMatchObject({ code: 'OVERLOADED' })
  for (const name of [0, 1, 2, 3]) {
    ends[name]?.()
    expect(await passed[name]).toBe(name)
  }
  expect(begun).toEqual([0, 1, 2, 3])
  expect([gate.running, gate.waiting, waits.length]).toEqual([0, 0, 4])
})

test('a task that fails makes room, and one that is aborted while it waits never runs', async () => {
  const gate = createGate({ maxRunning: 1, maxWaiting: 2 }, () => undefined)
  const { task, begun, ends } = createTasks()
  let fail: (error: Error) => void = () => undefined
  const failing = gate.pass(() => new Promise((_, reject) => (fail = reject)), FOREVER)
  const leaving = new AbortController()
  const left = gate.pass(task(1), leaving.signal)
  const last = gate.pass(task(2), FOREVER)
  leaving.abort(new Error('gone'))
  await expect(left).rejects.toThrow('gone')
  expect(gate.waiting).toBe(1)
  fail(new Error('broken'))
  await expect(failing).rejects.toThrow('broken')
  ends[0]?.()
  expect(await last).toBe(2)
  expect(begun).toEqual([2])
})
