import { expect, test } from 'vitest'
import { createRowQueue, type QueueRow } from './rowQueue.js'

interface TestRow extends QueueRow {
  readonly name: string
}

function row(name: string, length = 4, canShare = true): TestRow {
  return { name, tokens: Array.from({ length }, () => 1), canShare }
}

/** Answers with the rows' names; fails on any batch that holds "wrong". */
function setUp({ maxBatchSize = 3, maxBatchTokens = 100, maxWaiting = 10 } = {}) {
  const runs: string[][] = []
  const queue = createRowQueue<TestRow, string>({
    maxBatchSize,
    maxBatchTokens,
    maxWaiting,
    async run(rows) {
      const names = rows.map(({ name }) => name)
      runs.push(names)
      await new Promise((resolve) => setImmediate(resolve))
      if (names.includes('wrong')) throw new Error('wrong')
      return names
    },
  })
  const ask = async (...rows: TestRow[]) =>
    (await queue.ask(rows)).map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason)))
  return { runs, queue, ask }
}

test('rows of the same moment share runs, oldest first', async () => {
  const { runs, ask } = setUp()
  const answers = await Promise.all([ask(row('a')), ask(row('b'), row('c')), ask(row('d'))])
  expect(answers).toEqual([['a'], ['b', 'c'], ['d']])
  expect(runs).toEqual([['a', 'b', 'c'], ['d']])
})

test('what comes during a run is gathered for the next', async () => {
  const { runs, ask } = setUp()
  const first = ask(row('a'))
  await Promise.resolve()
  await Promise.resolve()
  await Promise.all([first, ask(row('b')), ask(row('c'))])
  expect(runs).toEqual([['a'], ['b', 'c']])
})

test('rows that cannot share run alone, in their turn', async () => {
  const { runs, ask } = setUp()
  await Promise.all([ask(row('a')), ask(row('alone', 4, false)), ask(row('b')), ask(row('alone too', 4, false))])
  expect(runs).toEqual([['a', 'b'], ['alone'], ['alone too']])
})

test('a run stays within its tokens, and takes no row that is much longer than another', async () => {
  const { runs, ask } = setUp({ maxBatchTokens: 20 })
  await Promise.all([ask(row('4', 4)), ask(row('9', 9)), ask(row('8', 8)), ask(row('3', 3)), ask(row('2', 2))])
  expect(runs).toEqual([['4', '8'], ['9'], ['3', '2']])
})

test('a row that is wrong harms no other', async () => {
  const { ask } = setUp()
  const answers = await Promise.all([ask(row('a')), ask(row('wrong')), ask(row('b'))])
  expect(answers).toEqual([['a'], ['Error: wrong'], ['b']])
  expect(await ask(row('c'))).toEqual(['c'])
})

test('what was aborted before it ran is never run', async () => {
  const { runs, queue, ask } = setUp()
  const controller = new AbortController()
  const first = ask(row('a', 4, false))
  const aborted = queue.ask([row('b'), row('c')], controller.signal)
  const last = ask(row('d'))
  controller.abort()
  const reason = expect.objectContaining({ code: 'ABORTED' })
  expect(await aborted).toEqual([
    { status: 'rejected', reason },
    { status: 'rejected', reason },
  ])
  expect(await Promise.all([first, last])).toEqual([['a'], ['d']])
  expect(runs).toEqual([['a'], ['d']])
})

test('a full queue refuses, and takes more once it is shorter', async () => {
  const { queue, ask } = setUp({ maxWaiting: 2 })
  const first = ask(row('a'), row('b'))
  await expect(queue.ask([row('c')])).rejects.toMatchObject({ code: 'OVERLOADED', value: 2 })
  expect(await first).toEqual(['a', 'b'])
  expect(await ask(row('c'))).toEqual(['c'])
})

test('is idle when all is answered', async () => {
  const { runs, queue, ask } = setUp({ maxBatchSize: 1 })
  void ask(row('a'), row('b'))
  await queue.idle()
  expect(runs).toEqual([['a'], ['b']])
  await queue.idle()
})
