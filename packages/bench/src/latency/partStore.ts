import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { isRecord } from '@turnwise/core'
import { addKept, dropKept, keptPath, readKept } from '../results/keptLines.js'

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
  return keptPath(resultPath, 'parts')
}

/**
 * Parts in a file of JSON lines, which grows as they come.
 *
 * @param path undefined: none is kept
 * @param fresh whether the parts of earlier runs are dropped
 * @throws TurnwiseError OUTPUT_UNWRITABLE
 */
export async function openPartStore(path: string | undefined, measured: Measured, fresh = false): Promise<PartStore> {
  if (path !== undefined && fresh) await dropKept(path)
  const told = await describe(measured)
  const kept = (await readKept(path)).filter(isStoredPart).filter((stored) => stored.told === told)
  const known = new Map(kept.map((stored) => [stored.name, stored]))
  const loads = [...known.values()].map(({ loadAverage }) => loadAverage)
  return {
    loadAverage: Math.max(measured.loadAverage, ...loads),
    async part<Part>(name: string, measure: () => Promise<Part>) {
      const stored = known.get(name)
      // Written below, by the same code and told the same.
      if (stored !== undefined) return stored.part as Part
      const part = await measure()
      const { loadAverage } = measured
      await addKept(path, [{ told, name, loadAverage, part } satisfies StoredPart])
      return part
    },
  }
}

function isStoredPart(value: unknown): value is StoredPart {
  return isRecord(value) && 'part' in value
}

/** Files by size and time of their last change: their checksums would take as long as some of the parts. */
async function describe({ told, files }: Measured): Promise<string> {
  const found = await Promise.all(files.map((file) => stat(file)))
  const stamps = found.map(({ size, mtimeMs }, index) => [files[index], size, mtimeMs])
  return createHash('sha256')
    .update(JSON.stringify([told, stamps]))
    .digest('hex')
}
