import { appendFile, mkdir, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { TurnwiseError } from '@turnwise/core'
import { writeOutput } from './resultFile.js'

/**
 * Where what a run has so far is kept: beside its result.
 *
 * @param what such as "answers"
 */
export function keptPath(resultPath: string, what: string): string {
  return `${resultPath.replace(/\.json$/, '')}.${what}.jsonl`
}

/**
 * The lines that are JSON; none of a file that is not there. A run that broke off may not have finished its last one.
 *
 * @param path undefined: nothing is kept
 */
export async function readKept(path: string | undefined): Promise<unknown[]> {
  const text = path === undefined ? '' : await readFile(path, 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as unknown]
    } catch {
      return []
    }
  })
}

/**
 * Begins a line with each value, since the last line may be one that a run which broke off has not finished.
 *
 * @param path undefined: nothing is kept
 * @throws TurnwiseError OUTPUT_UNWRITABLE
 */
export async function addKept(path: string | undefined, values: readonly unknown[]): Promise<void> {
  if (path === undefined) return
  await writing(path, async () => {
    await mkdir(dirname(path), { recursive: true })
    await appendFile(path, linesOf(values))
  })
}

/**
 * Leaves of what is kept only what is wanted; all of it if that cannot be written.
 *
 * @param path undefined: nothing is kept
 * @throws TurnwiseError OUTPUT_UNWRITABLE
 */
export async function filterKept(path: string | undefined, isWanted: (value: unknown) => boolean): Promise<void> {
  if (path === undefined) return
  await writeOutput(path, linesOf((await readKept(path)).filter(isWanted)))
}

/** @throws TurnwiseError OUTPUT_UNWRITABLE */
export async function dropKept(path: string): Promise<void> {
  await writing(path, () => rm(path, { force: true }))
}

function linesOf(values: readonly unknown[]): string {
  return values.map((value) => `\n${JSON.stringify(value)}`).join('')
}

/** @throws TurnwiseError OUTPUT_UNWRITABLE */
async function writing(path: string, write: () => Promise<void>): Promise<void> {
  await write().catch((cause: unknown) => {
    throw new TurnwiseError('OUTPUT_UNWRITABLE', `${path} cannot be written.`, { value: path, cause })
  })
}
