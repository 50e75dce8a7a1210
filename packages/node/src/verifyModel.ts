import { join } from 'node:path'
import { type Manifest, type ManifestFile, TurnwiseError } from '@turnwise/core'
import { type HashJob, hashFiles } from './hashFiles.js'
import { findFileSize, missingFile, readModelFolder } from './modelFolder.js'

/** A file of a model, and what is wrong with it. */
export interface FileReport extends ManifestFile {
  /** Path within the model folder. */
  readonly name: string
  /** MODEL_FILE_MISSING, also if it cannot be read, MODEL_FILE_TRUNCATED or MODEL_FILE_TAMPERED; undefined if it is right. */
  readonly error: TurnwiseError | undefined
}

/** What {@link verifyModel} found. */
export interface ModelReport {
  readonly path: string
  readonly manifest: Manifest
  /** The files that turnwise.json lists. None for a model without it: there is nothing to compare with. */
  readonly files: readonly FileReport[]
}

/**
 * Compares the files of a model folder with the sizes and SHA-256 checksums in its turnwise.json, without loading it.
 *
 * @throws TurnwiseError MODEL_NOT_FOUND, MODEL_FILE_MISSING, INVALID_MANIFEST, INVALID_MODEL_CONFIG,
 *   INVALID_TOKENIZER, UNSUPPORTED_MODEL if the folder cannot be read at all
 */
export async function verifyModel(path: string): Promise<ModelReport> {
  const { manifest } = await readModelFolder(path)
  return { path, manifest, files: await verifyFiles(path, manifest) }
}

/** A report on each file that the manifest lists. The checksums are computed in another thread. */
export async function verifyFiles(path: string, { files }: Manifest): Promise<FileReport[]> {
  const entries = Object.entries(files)
  const sizeErrors = await Promise.all(entries.map(([name, { sizeBytes }]) => checkSize(path, name, sizeBytes)))
  const sized = entries.filter((_, index) => sizeErrors[index] === undefined).map(([name]) => name)
  const jobs = sized.map((name) => ({ path: join(path, name), algorithm: 'sha256', prefix: '' }) as const)
  const hashes = await hashReadable(jobs)
  return entries.map(([name, file], index) => {
    const error = sizeErrors[index] ?? checkHash(path, name, hashes[sized.indexOf(name)], file.sha256)
    return { name, ...file, error }
  })
}

/** Why a file could not be read. */
interface Unreadable {
  readonly cause: unknown
}

/** The hashes of files; in the place of one that cannot be read, why. */
async function hashReadable(jobs: readonly HashJob[]): Promise<(string | Unreadable | undefined)[]> {
  if (jobs.length === 0) return []
  try {
    return await hashFiles(jobs)
  } catch {
    // All together do not say which of them it was.
    const each = (job: HashJob) =>
      hashFiles([job]).then(
        ([hash]) => hash,
        (cause: unknown) => ({ cause }),
      )
    return Promise.all(jobs.map(each))
  }
}

async function checkSize(path: string, name: string, sizeBytes: number): Promise<TurnwiseError | undefined> {
  const found = await findFileSize(path, name)
  if (found === undefined) return missingFile(path, name)
  if (found === sizeBytes) return undefined
  const problem = `${join(path, name)} has ${found} bytes, turnwise.json states ${sizeBytes}.`
  return new TurnwiseError('MODEL_FILE_TRUNCATED', problem, { value: found })
}

function checkHash(
  path: string,
  name: string,
  found: string | Unreadable | undefined,
  sha256: string,
): TurnwiseError | undefined {
  if (found === sha256) return undefined
  if (typeof found === 'object') return missingFile(path, name, found.cause)
  const problem = `${join(path, name)} has the SHA-256 ${found}, turnwise.json states ${sha256}.`
  return new TurnwiseError('MODEL_FILE_TAMPERED', problem, { value: found })
}
