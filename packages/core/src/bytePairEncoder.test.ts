import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { createBytePairEncoder } from './bytePairEncoder.js'
import { utf8Bytes } from './bytes.js'
import { caught } from './test/caught.js'
import { processorTimeMs } from './test/processorTime.js'

const vocab = Object.fromEntries(
  ['a', 'b', 'c', 'Ġ', 'ab', 'abc', 'bc', 'Ġa', '?', 'aa'].map((token, id) => [token, id]),
)

test('merges the best pair first, of equal pairs the leftmost', () => {
  const encode = createBytePairEncoder({ vocab, merges: ['b c', 'a b', 'ab c', 'a a'] })
  expect(encode('abc')).toEqual([0, 6])
  expect(encode('aaa')).toEqual([9, 0])
  expect(encode('ab')).toEqual([4])
})

test('reads merges of both forms, and spaces as Ġ', () => {
  for (const merges of [
    ['Ġ a', 'a b'],
    [
      ['Ġ', 'a'],
      ['a', 'b'],
    ] as [string, string][],
  ]) {
    expect(createBytePairEncoder({ vocab, merges })(' ab')).toEqual([7, 1])
  }
})

test('drops bytes that the vocabulary lacks, or puts the token for the unknown', () => {
  expect(createBytePairEncoder({ vocab, merges: ['a b'] })('axb')).toEqual([4])
  expect(createBytePairEncoder({ vocab, merges: ['a b'], unk_token: '?' })('axb')).toEqual([0, 8, 1])
})

test('takes whole words first where the tokenizer says so', () => {
  expect(createBytePairEncoder({ vocab, merges: [], ignore_merges: true })('abc')).toEqual([5])
})

test('knows no inherited names', () => {
  expect(createBytePairEncoder({ vocab, merges: [], ignore_merges: true })('constructor')).toEqual([2, 2])
})

test('refuses a merge of unknown tokens', () => {
  expect(caught(() => createBytePairEncoder({ vocab, merges: ['a z'] })).code).toBe('INVALID_TOKENIZER')
})

test('a long word does not take long', () => {
  const encode = createBytePairEncoder({ vocab, merges: ['a a'] })
  const timeMs = processorTimeMs(() => expect(encode('a'.repeat(100_000))).toHaveLength(50_000))
  expect(timeMs).toBeLessThan(1_000)
})

test('what is remembered of a text keeps only its words alive', () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  const encode = createBytePairEncoder({ vocab, merges: [] })
  const heapBytes = () => {
    collectGarbage()
    return process.memoryUsage().heapUsed
  }
  const texts = 32
  const before = heapBytes()
  // Each text is 1 MiB. V8 has a word of its own where it is shorter than 13 characters.
  for (let index = 0; index < texts; index += 1) encode(`${index} is in a text`.padEnd(2 ** 20, 'a').slice(0, 20))
  expect((heapBytes() - before) / 2 ** 20).toBeLessThan(texts / 4)
})

test('writes UTF-8 as a TextEncoder does', () => {
  for (const text of ['plain', 'é ß', '漢字', '😀 \u0000\uffff\u{10ffff}']) {
    expect(utf8Bytes(text)).toEqual([...new TextEncoder().encode(text)])
  }
})
