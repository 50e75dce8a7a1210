import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createFakeDetector } from '../test/fakeApp.js'
import { answerLines } from './answerLines.js'

const { detector } = createFakeDetector()

function asLine(content: string, agentSpeaking?: boolean): string {
  return `${JSON.stringify({ messages: [{ role: 'user', content }], agentSpeaking })}\n`
}

async function* asChunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

async function answer(chunks: AsyncIterable<Uint8Array>, agentSpeaking?: boolean) {
  const texts: string[] = []
  const write = async (text: string) => void texts.push(text)
  const counts = await answerLines(chunks, { detector, agentSpeaking, write })
  return {
    counts,
    answers: texts
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  }
}

test('one answer a line, in order, equal to predict', async () => {
  const contents = Array.from({ length: 50 }, (_, index) => 'word '.repeat((index * 7) % 11) + index)
  const { answers, counts } = await answer(asChunks(contents.map((content) => asLine(content)).join('')))
  expect(counts).toEqual({ answered: 50, wrong: 0 })
  for (const [index, content] of contents.entries()) {
    const { action, probabilities } = await detector.predict([{ role: 'user', content }])
    expect(answers[index]).toEqual({ action, probabilities })
  }
})

test('agentSpeaking restricts the action; that of the line goes first', async () => {
  const lines = asLine('hello') + asLine('hello', true) + asLine('hello', false)
  for (const agentSpeaking of [undefined, true, false]) {
    const { answers } = await answer(asChunks(lines), agentSpeaking)
    for (const [index, own] of [agentSpeaking, true, false].entries()) {
      const { action } = await detector.predict([{ role: 'user', content: 'hello' }], { agentSpeaking: own })
      expect(answers[index].action).toBe(action)
    }
  }
})

test('a wrong line has its error in its place', async () => {
  const lines = ['no json\n', asLine('hello'), '\n', '  \n', '{"messages": []}\n', asLine('bye'), '\n\n']
  const { answers, counts } = await answer(asChunks(...lines))
  expect(counts).toEqual({ answered: 2, wrong: 4 })
  expect(answers.map((item) => item.error?.code)).toEqual([
    'INVALID_JSON',
    undefined,
    'INVALID_JSON',
    'INVALID_JSON',
    'NO_MESSAGES',
    undefined,
  ])
  expect(answers[4].error).toEqual({ code: 'NO_MESSAGES', message: expect.stringMatching(/^There are no/), line: 5 })
  expect(answers.flatMap((item) => item.error?.line ?? [])).toEqual([1, 3, 4, 5])
})

test('a line is answered before the next has come', async () => {
  const answered: string[] = []
  async function* talk(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(asLine('one'))
    for (let turn = 0; turn < 5; turn += 1) await nextTurn()
    expect(answered).toHaveLength(1)
    yield Buffer.from(asLine('two'))
  }
  const write = async (text: string) => void answered.push(text)
  await answerLines(talk(), { detector, agentSpeaking: undefined, write })
  expect(answered).toHaveLength(2)
})

test('nothing more is read while the answers are not taken', async () => {
  let read = 0
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (; ; read += 1) yield Buffer.from(asLine('hello'))
  }
  const write = async () => {
    if (read >= 2) throw new Error('closed')
    const before = read
    for (let turn = 0; turn < 5; turn += 1) await nextTurn()
    expect(read).toBe(before)
  }
  await expect(answerLines(endless(), { detector, agentSpeaking: undefined, write })).rejects.toThrow('closed')
  expect(read).toBe(2)
})
