import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'

/**
 * Run in a worker: it takes 0.2 s for a model, and the tokenizer is read meanwhile. A text, not a file: it needs nothing
 * but Node.
 */
const HASH_FILES = `
const { createHash } = require('node:crypto')
const { closeSync, openSync, readSync } = require('node:fs')
const { parentPort, workerData } = require('node:worker_threads')
const buffer = Buffer.allocUnsafe(1 << 20)
for (const { path, algorithm, prefix } of workerData) {
  const hash = createHash(algorithm).update(prefix)
  const file = openSync(path, 'r')
  try {
    for (let count = 1; count > 0; ) {
      count = readSync(file, buffer, 0, buffer.length, null)
      hash.update(buffer.subarray(0, count))
    }
  } finally {
    closeSync(file)
  }
  parentPort.postMessage(hash.digest('hex'))
}
`

/** A file to hash. */
export interface HashJob {
  readonly path: string
  readonly algorithm: 'sha256' | 'sha1'
  /** Hashed before the file's bytes. */
  readonly prefix: string
}

/** Files up to this size are hashed here: starting a thread takes longer. */
const SMALL_BYTES = 1 << 20

/**
 * The hexadecimal hashes of files, in their order; large files are hashed in another thread. Throws what reading a file
 * throws.
 */
export async function hashFiles(jobs: readonly HashJob[]): Promise<string[]> {
  const sizes = await Promise.all(jobs.map(async ({ path }) => (await stat(path)).size))
  return sizes.every((sizeBytes) => sizeBytes <= SMALL_BYTES) ? Promise.all(jobs.map(hashHere)) : hashElsewhere(jobs)
}

async function hashHere({ path, algorithm, prefix }: HashJob): Promise<string> {
  return createHash(algorithm)
    .update(prefix)
    .update(await readFile(path))
    .digest('hex')
}

async function hashElsewhere(jobs: readonly HashJob[]): Promise<string[]> {
  const hashes: string[] = []
  const worker = new Worker(HASH_FILES, { eval: true, workerData: jobs, stdin: false })
  await new Promise<void>((resolve, reject) => {
    worker.on('message', (hash: string) => hashes.push(hash))
    worker.once('error', reject)
    worker.once('exit', () => resolve())
  })
  return hashes
}
