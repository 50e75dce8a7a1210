import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { TurnwiseError } from '@turnwise/core'
import { invalidData } from './rowError.js'

/** A line and its number, from 1. */
export interface TextLine {
  readonly row: number
  readonly text: string
}

/** A parsed line and its number, from 1. */
export interface JsonLine {
  readonly row: number
  readonly value: unknown
}

/**
 * The bytes of a file of data.
 *
 * @throws TurnwiseError DATASET_NOT_FOUND
 */
export async function readData(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new TurnwiseError('DATASET_NOT_FOUND', `${path} cannot be read.`, { value: path, cause })
  }
}

/**
 * The lines of a file of text, perhaps compressed (`.gz`); empty ones are left out.
 *
 * @throws TurnwiseError DATASET_NOT_FOUND, INVALID_DATASET
 */
export async function* readTextLines(path: string): AsyncGenerator<TextLine> {
  const bytes = await readData(path)
  let row = 0
  // Line by line: parsed all at once the meetings would take a gigabyte.
  for (const text of splitText(path.endsWith('.gz') ? unpack(bytes, basename(path)) : bytes)) {
    row += 1
    if (text.trim() !== '') yield { row, text }
  }
}

/**
 * As {@link readTextLines}, of JSON lines.
 *
 * @throws TurnwiseError DATASET_NOT_FOUND, INVALID_DATASET with the number of the line that is no JSON
 */
export async function* readJsonLines(path: string): AsyncGenerator<JsonLine> {
  const file = basename(path)
  for await (const { row, text } of readTextLines(path)) yield { row, value: parseLine(text, file, row) }
}

/** All of {@link readJsonLines}. */
export async function readAllLines(path: string): Promise<JsonLine[]> {
  return all(readJsonLines(path))
}

/** What a generator yields. */
export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = []
  for await (const item of items) found.push(item)
  return found
}

function* splitText(bytes: Uint8Array): Generator<string> {
  const decoder = new TextDecoder()
  let start = 0
  while (start < bytes.length) {
    const found = bytes.indexOf(0x0a, start)
    const end = found === -1 ? bytes.length : found
    yield decoder.decode(bytes.subarray(start, end)).replace(/\r$/, '')
    start = end + 1
  }
}

function unpack(bytes: Uint8Array, file: string): Uint8Array {
  try {
    return gunzipSync(bytes)
  } catch {
    throw invalidData({ file }, 'it cannot be unpacked, expected gzip: it is probably truncated.')
  }
}

function parseLine(line: string, file: string, row: number): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // The parser's own message quotes the text, which is private.
    throw invalidData({ file, row }, 'it is not valid JSON, expected one object a line.')
  }
}
