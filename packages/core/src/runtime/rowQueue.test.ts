import { expect, test } from 'vitest'
import { createRowQueue } from './rowQueue.js'

interface TestRow {
  readonly name: string
}

function row(name: string): TestRow {
  return { name }
}

/** Runs so many at a time, those alone whose name says so; fails on any batch that holds "wrong". */
function setUp({ most = 3, maxWaiting = 10 } = {}) {
  const runs: string[][] = []
  const queue = createRowQueue<TestRow, string>({
    maxWaiting,
    choose(waiting) {
      const isAlone = ({ name }: TestRow) => name.startsWith('alone')
      const [oldest] = waiting
      if (oldest !== undefined && isAlone(oldest)) return [oldest]
      return waiting.filter((row) => !isAlone(row)).slice(0, most)
    },
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

test('rows of the same moment share runs, as they are chosen', async () => {
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

test('rows that are not chosen wait for their turn', async () => {
  const { runs, ask } = setUp()
  await Promise.all([ask(row('a')), ask(row('alone')), ask(row('b')), ask(row('alone too'))])
  expect(runs).toEqual([['a', 'b'], ['alone'], ['alone too']])
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
  const first = ask(row('alone'))
  const aborted = queue.ask([row('b'), row('c')], controller.signal)
  const last = ask(row('d'))
  controller.abort()
  const reason = expect.objectContaining({ code: 'ABORTED' })
  expect(await aborted).toEqual([
    { status: 'rejected', reason },
    { status: 'rejected', reason },
  ])
  expect(await Promise.all([first, last])).toEqual([['alone'], ['d']])
  expect(runs).toEqual([['alone'], ['d']])
})

test('a full queue refuses, and takes more once it is shorter', async () => {
  const { queue, ask } = setUp({ maxWaiting: 2 })
  const first = ask(row('a'), row('b'))
  await expect(queue.ask([row('c')])).rejects.toMatchObject({ code: 'OVERLOADED', value: 2 })
  expect(await first).toEqual(['a', 'b'])
  expect(await ask(row('c'))).toEqual(['c'])
})

test('is idle when all is answered', async () => {
  const { runs, queue, ask } = setUp({ most: 1 })
  void ask(row('a'), row('b'))
  await queue.idle()
  expect(runs).toEqual([['a'], ['b']])
  await queue.idle()
})
