import { expect, test } from 'vitest'
import { createLatestQueue } from './latestQueue.js'

function setUp() {
  const runs: string[] = []
  const queue = createLatestQueue(async (input: string) => {
    runs.push(input)
    await Promise.resolve()
    if (input === 'broken') throw new Error('broken')
    return { input }
  })
  return { queue, runs }
}

test('of calls that wait only the newest runs, and all share its output', async () => {
  const { queue, runs } = setUp()
  const outputs = await Promise.all(['a', 'b', 'c'].map((input) => queue.ask(input)))
  expect(runs).toEqual(['c'])
  expect(outputs).toEqual([{ input: 'c' }, { input: 'c' }, { input: 'c' }])
  expect(outputs[0]).toBe(outputs[2])
  await queue.ask('d')
  expect(runs).toEqual(['c', 'd'])
})

test('what runs already is finished', async () => {
  const { queue, runs } = setUp()
  const first = queue.ask('a')
  await Promise.resolve()
  await Promise.resolve()
  const others = [queue.ask('b'), queue.ask('c')]
  expect(await first).toEqual({ input: 'a' })
  expect(await Promise.all(others)).toEqual([{ input: 'c' }, { input: 'c' }])
  expect(runs).toEqual(['a', 'c'])
})

test('an aborted call ends alone, and is not run for nobody', async () => {
  const { queue, runs } = setUp()
  const kept = queue.ask('a')
  await expect(queue.ask('b', AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' })
  expect(await kept).toEqual({ input: 'b' })
  await expect(queue.ask('c', AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' })
  expect(runs).toEqual(['b'])
})

test('a failure reaches everyone who waited and harms nothing', async () => {
  const { queue } = setUp()
  const results = await Promise.allSettled([queue.ask('a'), queue.ask('broken')])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await queue.ask('b')).toEqual({ input: 'b' })
  await queue.idle()
})
