import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Line, splitLines } from './splitLines.js'

async function* chunksOf(bytes: Uint8Array, sizes: readonly number[] = []): AsyncGenerator<Uint8Array> {
  let start = 0
  for (const size of sizes) {
    yield bytes.subarray(start, start + size)
    start += size
  }
  yield bytes.subarray(start)
}

async function split(bytes: Uint8Array | string, sizes?: readonly number[], maxLineBytes?: number): Promise<Line[]> {
  const lines: Line[] = []
  for await (const some of splitLines(chunksOf(Buffer.from(bytes), sizes), maxLineBytes)) lines.push(...some)
  return lines
}

const texts = (lines: readonly Line[]) => lines.map(({ text }) => text)

test('a newline ends a line, with or without a carriage return; the last needs none', async () => {
  expect(texts(await split('a\nb\r\n\nc'))).toEqual(['a', 'b', '', 'c'])
  expect(texts(await split('a\n'))).toEqual(['a'])
  expect(texts(await split(''))).toEqual([])
  expect((await split('a\nb\n')).map(({ number }) => number)).toEqual([1, 2])
})

test('U+2028 and a lone carriage return are part of a line', async () => {
  expect(texts(await split('a\u2028b\rc\n'))).toEqual(['a\u2028b\rc'])
})

test('a byte order mark is no part of a line', async () => {
  expect(texts(await split('\ufeffa\n'))).toEqual(['a'])
})

test('wherever the chunks are cut, the lines are the same', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r', 'é', '日', '👍'), maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(5), { maxLength: 20 }), async (content, sizes) => {
      expect(await split(content, sizes)).toEqual(await split(content))
    }),
  )
})

test('a line that is no UTF-8 or too long is told, and the next ones are read', async () => {
  expect(await split(Uint8Array.from([0x61, 0xff, 0x0a, 0x62]))).toEqual([
    { number: 1, text: undefined, isTooLong: false },
    { number: 2, text: 'b', isTooLong: false },
  ])
  expect(await split('abcd\nabc\nabcde', [2, 2, 8], 3)).toEqual([
    { number: 1, text: undefined, isTooLong: true },
    { number: 2, text: 'abc', isTooLong: false },
    { number: 3, text: undefined, isTooLong: true },
  ])
})
