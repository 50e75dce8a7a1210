import { createHash } from 'node:crypto'
import { appendFile, mkdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isRecord, TurnwiseError } from '@turnwise/core'

/** Parts of a run that are measured, so that one that broke off goes on with the part it was in. */
export interface PartStore {
  /**
   * The part of this name, measured by a run that was told the same, or else now.
   *
   * @throws TurnwiseError OUTPUT_UNWRITABLE, and what measuring throws
   */
  part<Part>(name: string, measure: () => Promise<Part>): Promise<Part>
  /** The most that other processes were in the way when a run began whose parts are used. */
  readonly loadAverage: number
}

/** What is measured, and when it began. */
export interface Measured {
  /** All that the times depend on; of files the paths. */
  readonly told: unknown
  readonly files: readonly string[]
  readonly loadAverage: number
}

/** A line of the file. */
interface StoredPart {
  readonly told: string
  readonly name: string
  readonly loadAverage: number
  readonly part: unknown
}

/** Where the parts of a result are kept until it is whole: beside it. */
export function partsPath(resultPath: string): string {
  return `${resultPath.replace(/\.json$/, '')}.parts.jsonl`
}

/**
 * Forgets them: the result is written, and the next run measures anew.
 *
 * @throws TurnwiseError OUTPUT_UNWRITABLE
 */
export async function dropParts(path: string): Promise<void> {
  await writing(path, () => rm(path, { force: true }))
}

/**
 * Parts in a file of JSON lines, which grows as they come.
 *
 * @param path undefined: none is kept
 * @param fresh whether the parts of earlier runs are dropped
 * @throws TurnwiseError OUTPUT_UNWRITABLE
 */
export async function openPartStore(path: string | undefined, measured: Measured, fresh = false): Promise<PartStore> {
  if (path !== undefined && fresh) await dropParts(path)
  const told = await describe(measured)
  const lines = path === undefined ? '' : await readFile(path, 'utf8').catch(() => '')
  const known = new Map(
    lines.split('\n').flatMap((line) => {
      const stored = parseLine(line)
      return stored?.told === told ? [[stored.name, stored] as const] : []
    }),
  )
  const loads = [...known.values()].map(({ loadAverage }) => loadAverage)
  return {
    loadAverage: Math.max(measured.loadAverage, ...loads),
    async part<Part>(name: string, measure: () => Promise<Part>) {
      const stored = known.get(name)
      // Written by `append`, of the same code and told the same.
      if (stored !== undefined) return stored.part as Part
      const part = await measure()
      const { loadAverage } = measured
      if (path !== undefined) await append(path, { told, name, loadAverage, part })
      return part
    },
  }
}

async function append(path: string, part: StoredPart): Promise<void> {
  await writing(path, async () => {
    await mkdir(dirname(path), { recursive: true })
    // Begins a line: the last one may be one that a run which broke off has not finished.
    await appendFile(path, `\n${JSON.stringify(part)}`)
  })
}

/** @throws TurnwiseError OUTPUT_UNWRITABLE */
async function writing(path: string, write: () => Promise<void>): Promise<void> {
  await write().catch((cause: unknown) => {
    throw new TurnwiseError('OUTPUT_UNWRITABLE', `${path} cannot be written.`, { value: path, cause })
  })
}

/** Undefined for a line that a run which broke off has not finished. */
function parseLine(line: string): StoredPart | undefined {
  try {
    const stored: unknown = JSON.parse(line)
    return isRecord(stored) && 'part' in stored ? (stored as unknown as StoredPart) : undefined
  } catch {
    return undefined
  }
}

/** Files by size and time of their last change: their checksums would take as long as some of the parts. */
async function describe({ told, files }: Measured): Promise<string> {
  const found = await Promise.all(files.map((file) => stat(file)))
  const stamps = found.map(({ size, mtimeMs }, index) => [files[index], size, mtimeMs])
  return createHash('sha256')
    .update(JSON.stringify([told, stamps]))
    .digest('hex')
}
