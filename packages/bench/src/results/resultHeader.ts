import { createRequire } from 'node:module'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

/** What is measured. */
export const RESULT_KINDS = ['accuracy', 'streaming', 'latency'] as const
export type ResultKind = (typeof RESULT_KINDS)[number]

/** The versions of the results that this code writes and reads. */
export const RESULT_FORMAT_VERSIONS: Readonly<Record<ResultKind, number>> = { accuracy: 2, streaming: 2, latency: 3 }

/** Where a result was made: what a reader needs to judge it, nothing that names the machine. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryBytes: number
  readonly platform: string
  /** How many processes wanted a core over the last minute when the run began: above 0, others ran too. */
  readonly loadAverage: number
}

/** What a result was made with. */
export interface Versions {
  readonly node: string
  readonly bench: string
  readonly turnwise: string
  /** `not installed` where it is not. */
  readonly onnxruntime: string
}

/** The head of every result. */
export interface ResultHeader {
  /** Of its kind's results. */
  readonly formatVersion: number
  readonly kind: ResultKind
  /** ISO 8601. */
  readonly createdAt: string
  readonly machine: Machine
  readonly versions: Versions
  /** Of everything that is drawn by chance. */
  readonly seed: number
}

/** The head of a result that is made now and here. */
export function createHeader<Kind extends ResultKind>(
  kind: Kind,
  seed: number,
): ResultHeader & { readonly kind: Kind } {
  return {
    formatVersion: RESULT_FORMAT_VERSIONS[kind],
    kind,
    createdAt: new Date().toISOString(),
    machine: describeMachine(),
    versions: readVersions(),
    seed,
  }
}

function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    loadAverage: Number((loadavg()[0] ?? 0).toFixed(2)),
  }
}

/** What runs now and here. */
export function readVersions(require: (path: string) => unknown = createRequire(import.meta.url)): Versions {
  const versionOf = (path: string) => (require(path) as { version: string }).version
  return {
    node: process.version,
    // The same from src/ and from dist/.
    bench: versionOf('../../package.json'),
    turnwise: versionOf('turnwise/package.json'),
    onnxruntime: orNotInstalled(() => versionOf('onnxruntime-node/package.json')),
  }
}

/** The version of an optional package. */
function orNotInstalled(read: () => string): string {
  try {
    return read()
  } catch {
    return 'not installed'
  }
}
