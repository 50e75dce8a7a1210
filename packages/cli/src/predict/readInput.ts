import { open, stat } from 'node:fs/promises'
import { type Message, type PredictRequest, TurnwiseError } from 'turnwise'
import { formatBytes } from '../render/formatBytes.js'
import type { Input } from '../terminal.js'
import { parseRequest } from './parseRequest.js'

/** Where a conversation comes from. */
export type Source =
  | { readonly kind: 'sentence'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdin' }

/** The most bytes that are read as one conversation. */
const MAX_DOCUMENT_BYTES = 64_000_000

const FILE_NAME = /^\S*[^\s.]\.(json|jsonl|ndjson|txt)$|^\S*[\\/]\S*$/i

/**
 * What an argument means: `-` is stdin; what exists as a file is the file; what looks like the name of a file is an
 * error then, not a sentence; all else is a sentence.
 *
 * @throws TurnwiseError INPUT_UNREADABLE
 */
export async function findSource(input: string): Promise<Source> {
  if (input === '-') return { kind: 'stdin' }
  const stats = await stat(input).catch(() => undefined)
  if (stats !== undefined && !stats.isDirectory()) return { kind: 'file', path: input }
  if (!FILE_NAME.test(input)) return { kind: 'sentence', text: input }
  const problem = stats === undefined ? `There is no file ${input}.` : `${input} is a folder.`
  throw new TurnwiseError('INPUT_UNREADABLE', problem, { value: input })
}

/**
 * Reads a single conversation. A file holds JSON; stdin may also hold plain text, which is a sentence.
 *
 * @throws TurnwiseError INPUT_UNREADABLE, MESSAGE_TOO_LONG and those of {@link parseRequest}
 */
export async function readRequest(source: Source, stdin: Input): Promise<PredictRequest> {
  if (source.kind === 'sentence') return { messages: asMessages(source.text) }
  const place = placeOf(source)
  const text = await readText(await openBytes(source, stdin), place)
  const isJson = source.kind === 'file' || /^\s*(?:[[{]|$)/.test(text)
  return isJson ? parseRequest(text, place) : { messages: asMessages(text) }
}

/**
 * The bytes of JSON lines. A sentence is a line of its own, and a file `*.json` that is one JSON value is one too.
 *
 * @throws TurnwiseError INPUT_UNREADABLE, also from the bytes
 */
export async function openJsonLines(source: Source, stdin: Input): Promise<AsyncIterable<Uint8Array>> {
  if (source.kind === 'sentence') return asLine(asMessages(source.text))
  if (source.kind === 'file' && /\.json$/i.test(source.path)) {
    const text = await readText(await openBytes(source, stdin), source.path).catch(ignoreTextErrors)
    const json = parseJson(text)
    if (json !== undefined) return asLine(json)
  }
  return openBytes(source, stdin)
}

async function* asLine(json: unknown): AsyncGenerator<Uint8Array> {
  yield Buffer.from(JSON.stringify(json))
}

function asMessages(sentence: string): Message[] {
  return [{ role: 'user', content: sentence.trim() }]
}

/** The file is read as lines then, where what is wrong is said of the line. */
function ignoreTextErrors(error: unknown): string {
  if (error instanceof TurnwiseError && error.code !== 'INPUT_UNREADABLE') return ''
  throw error
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type ByteSource = Exclude<Source, { kind: 'sentence' }>

function placeOf(source: ByteSource): string {
  return source.kind === 'stdin' ? 'The standard input' : source.path
}

/** The bytes of a file or of stdin, as they come. */
async function openBytes(source: ByteSource, stdin: Input): Promise<AsyncIterable<Uint8Array>> {
  const place = placeOf(source)
  if (source.kind === 'stdin') return readBytes(stdin, place)
  const file = await open(source.path).catch((cause: unknown) => {
    throw new TurnwiseError('INPUT_UNREADABLE', `${place} cannot be read.`, { value: source.path, cause })
  })
  return readBytes(file.createReadStream(), place)
}

async function* readBytes(stream: AsyncIterable<unknown>, place: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk as Uint8Array
  } catch (cause) {
    throw new TurnwiseError('INPUT_UNREADABLE', `${place} cannot be read.`, { cause })
  }
}

async function readText(chunks: AsyncIterable<Uint8Array>, place: string): Promise<string> {
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of chunks) {
    sizeBytes += chunk.length
    if (sizeBytes > MAX_DOCUMENT_BYTES) {
      throw new TurnwiseError('MESSAGE_TOO_LONG', `${place} has more than ${formatBytes(MAX_DOCUMENT_BYTES)}.`)
    }
    parts.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))
  } catch {
    throw new TurnwiseError('INVALID_JSON', `${place} is not valid UTF-8.`)
  }
}
