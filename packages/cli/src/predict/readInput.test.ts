import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findSource, openJsonLines, readRequest } from './readInput.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turnwise-'))
  await mkdir(join(folder, 'folder'))
})

afterAll(() => rm(folder, { recursive: true }))

const messages = [{ role: 'user', content: 'hello' }]
const stdin = (text: string) => Readable.from(text === '' ? [] : [Buffer.from(text)])

async function file(name: string, text: string) {
  const path = join(folder, name)
  await writeFile(path, text)
  return { kind: 'file', path } as const
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts).toString()
}

test('a file, a sentence, stdin', async () => {
  const { path } = await file('yes', '')
  expect(await findSource('-')).toEqual({ kind: 'stdin' })
  expect(await findSource(path)).toEqual({ kind: 'file', path })
  for (const text of ['', 'yes', 'do you sell and/or rent', 'it is 3.5', 'bye.', 'a'.repeat(10_000), 'a\0b']) {
    expect(await findSource(text)).toEqual({ kind: 'sentence', text })
  }
})

test('what looks like a file and is none is no sentence', async () => {
  for (const name of ['missing.json', 'missing.JSONL', './missing', join(folder, 'folder')]) {
    await expect(findSource(name)).rejects.toMatchObject({ code: 'INPUT_UNREADABLE' })
  }
})

test('a sentence is what the user has said', async () => {
  expect(await readRequest({ kind: 'sentence', text: ' hello\n' }, stdin(''))).toEqual({ messages })
})

test('stdin holds JSON or plain text, a file JSON', async () => {
  const { path } = await file('text.txt', 'hello')
  expect(await readRequest({ kind: 'stdin' }, stdin('hello\n'))).toEqual({ messages })
  expect(await readRequest({ kind: 'stdin' }, stdin(` ${JSON.stringify(messages)}`))).toEqual({ messages })
  expect(await readRequest(await file('a.json', JSON.stringify({ messages })), stdin(''))).toEqual({ messages })
  await expect(readRequest({ kind: 'stdin' }, stdin(''))).rejects.toMatchObject({ code: 'INVALID_JSON' })
  await expect(readRequest({ kind: 'file', path }, stdin(''))).rejects.toMatchObject({ code: 'INVALID_JSON' })
})

test('JSON lines come as they are; one JSON value in a file is one line', async () => {
  const lines = '{"messages": []}\n[]\n'
  expect(await read(await openJsonLines({ kind: 'stdin' }, stdin(lines)))).toBe(lines)
  expect(await read(await openJsonLines(await file('a.jsonl', '[\n]'), stdin('')))).toBe('[\n]')
  expect(await read(await openJsonLines(await file('b.json', lines), stdin('')))).toBe(lines)
  expect(await read(await openJsonLines(await file('c.json', '[\n]'), stdin('')))).toBe('[]')
  const sentence = await openJsonLines({ kind: 'sentence', text: 'hello' }, stdin(''))
  expect(JSON.parse(await read(sentence))).toEqual(messages)
})

test('what cannot be read is an error with a code', async () => {
  const broken = new Readable({ read: () => broken.destroy(new Error('EIO')) })
  await expect(readRequest({ kind: 'stdin' }, broken)).rejects.toMatchObject({ code: 'INPUT_UNREADABLE' })
  const missing = { kind: 'file', path: join(folder, 'missing') } as const
  await expect(openJsonLines(missing, stdin(''))).rejects.toMatchObject({ code: 'INPUT_UNREADABLE' })
  const latin1 = Readable.from([Buffer.from([0x68, 0xe9])])
  await expect(readRequest({ kind: 'stdin' }, latin1)).rejects.toMatchObject({ code: 'INVALID_JSON' })
})
