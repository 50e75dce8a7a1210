import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { describeValue, isRecord, TurnwiseError } from '@turnwise/core'
import { isFolder } from '../isFolder.js'
import { findWrongPart } from './findWrongPart.js'
import { RESULT_FORMAT_VERSIONS, RESULT_KINDS, type ResultHeader, type ResultKind } from './resultHeader.js'
import { RESULT_PARTS } from './resultParts.js'

/**
 * Makes sure that a file can be written, before there is anything to lose. What it holds is left as it is.
 *
 * @throws TurnwiseError OUTPUT_UNWRITABLE
 */
export async function assertWritable(path: string): Promise<void> {
  await writing(path, async (draft) => {
    await writeFile(draft, '')
    if (await isFolder(path)) throw new Error('It is a folder.')
  })
}

/**
 * Writes a file whole or not at all.
 *
 * @throws TurnwiseError OUTPUT_UNWRITABLE
 */
export async function writeOutput(path: string, text: string): Promise<void> {
  await writing(path, async (draft) => {
    await writeFile(draft, text)
    await rename(draft, path)
  })
}

/** Writes by way of a draft beside the file, of which nothing is left. */
async function writing(path: string, write: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${path}.new`
  try {
    await mkdir(dirname(path), { recursive: true })
    await write(draft)
  } catch (cause) {
    throw new TurnwiseError('OUTPUT_UNWRITABLE', `${path} cannot be written.`, { value: path, cause })
  } finally {
    await rm(draft, { force: true }).catch(() => undefined)
  }
}

/** @throws TurnwiseError OUTPUT_UNWRITABLE */
export async function writeResult(path: string, result: ResultHeader): Promise<void> {
  await writeOutput(path, `${JSON.stringify(result, null, 1)}\n`)
}

/**
 * A result of this format, with every part that its readers rely on. The figures are trusted: `turnwise bench` wrote it.
 *
 * @throws TurnwiseError INVALID_RESULT
 */
export async function readResult(path: string): Promise<ResultHeader> {
  const file = basename(path)
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new TurnwiseError('INVALID_RESULT', `${path} cannot be read.`, { value: path, cause })
  })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new TurnwiseError('INVALID_RESULT', `${file} is no JSON: it is probably cut off.`, { value: file, cause })
  }
  const { formatVersion, kind } = isRecord(json) ? json : {}
  const known = RESULT_KINDS.find((each) => each === kind)
  if (known === undefined) {
    const problem = `kind in ${file} is ${describeValue(kind)}, expected ${RESULT_KINDS.join(', ')}.`
    throw new TurnwiseError('INVALID_RESULT', problem, { value: kind })
  }
  const expected = RESULT_FORMAT_VERSIONS[known]
  if (formatVersion !== expected) {
    const problem = `formatVersion in ${file} is ${describeValue(formatVersion)}, expected ${expected}.`
    throw new TurnwiseError('INVALID_RESULT', problem, { value: formatVersion })
  }
  const wrong = findWrongPart(json, RESULT_PARTS[known])
  if (wrong !== undefined) {
    throw new TurnwiseError('INVALID_RESULT', `In ${file} ${wrong}.`, { value: file })
  }
  return json as ResultHeader
}

/** As {@link readResult}, of one kind. @throws TurnwiseError INVALID_RESULT */
export async function readResultOf<Result extends ResultHeader>(path: string, kind: ResultKind): Promise<Result> {
  const result = await readResult(path)
  if (result.kind === kind) return result as Result
  const problem = `${basename(path)} is a result of ${result.kind}, expected one of ${kind}.`
  throw new TurnwiseError('INVALID_RESULT', problem, { value: result.kind })
}
