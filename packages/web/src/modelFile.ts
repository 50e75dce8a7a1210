import { type ErrorCode, type ManifestFile, TurnwiseError, throwIfAborted } from '@turnwise/core'
import type { PartialFile } from './partialFile.js'

/** A file of a model, and what it must be. */
export interface ModelFile extends ManifestFile {
  /** Path within the model folder. */
  readonly name: string
  readonly url: string
}

/** Options of {@link downloadFile}. */
export interface DownloadOptions {
  /** What an earlier attempt has left, and this one leaves if it is interrupted. */
  readonly partial: PartialFile
  /** Called with the bytes that have come so far. */
  readonly onBytes: (receivedBytes: number) => void
  readonly signal: AbortSignal | undefined
}

const INTERRUPTIONS: readonly ErrorCode[] = ['MODEL_UNREACHABLE', 'ABORTED']

/**
 * Asks for an address.
 *
 * @param missing the error if there is nothing at the address
 * @throws TurnwiseError `missing`, MODEL_UNREACHABLE, ABORTED
 */
export async function request(
  url: string,
  missing: ErrorCode,
  init: {
    readonly cache: RequestCache
    readonly signal: AbortSignal | undefined
    /** What is wanted begins there; a server may give everything all the same. */
    readonly fromByte?: number
  },
): Promise<Response> {
  const headers = init.fromByte === undefined ? {} : { Range: `bytes=${init.fromByte}-` }
  const options = { cache: init.cache, signal: init.signal ?? null, headers }
  const response = await fetch(url, options).catch((cause: unknown) => {
    throw unreachable(`${url} cannot be reached.`, cause, init.signal)
  })
  if (response.ok) return response
  if (response.status === 404) throw new TurnwiseError(missing, `There is no ${url}.`, { value: url })
  throw unreachable(`${url} answered with the status ${response.status}.`, response.status, init.signal)
}

/**
 * Downloads a file, or the rest of it, and checks it.
 *
 * @throws TurnwiseError MODEL_FILE_MISSING, MODEL_UNREACHABLE, ABORTED, and those of {@link checkFile}
 */
export async function downloadFile(file: ModelFile, options: DownloadOptions): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(file.sizeBytes)
  const restored = await options.partial.restore(bytes)
  try {
    const received = restored < bytes.length ? await receive(file, bytes, restored, options) : restored
    await checkFile(file, bytes.subarray(0, received))
    return bytes
  } catch (error) {
    // What was interrupted goes on the next time. What is wrong must not be begun with again.
    const isInterrupted = error instanceof TurnwiseError && INTERRUPTIONS.includes(error.code)
    if (!isInterrupted) await options.partial.forget()
    throw error
  }
}

/** Fills in what is missing after the first `restored` bytes, and says how many there are then. */
async function receive(
  file: ModelFile,
  bytes: Uint8Array<ArrayBuffer>,
  restored: number,
  { partial, onBytes, signal }: DownloadOptions,
): Promise<number> {
  // It is kept by its checksum: the browser's other cache need not hold it a second time, nor give an older one.
  const ask = (fromByte?: number) =>
    request(file.url, 'MODEL_FILE_MISSING', {
      cache: 'no-store',
      signal,
      ...(fromByte === undefined ? {} : { fromByte }),
    })
  // Some servers, or what is before them, answer no question for a part.
  const response = restored === 0 ? await ask() : await ask(restored).catch(() => ask())
  let received = response.status === 206 ? restored : 0
  try {
    // A reader rather than a loop over the stream, which Safari cannot do.
    const reader = response.body?.getReader()
    for (let chunk = await reader?.read(); chunk?.value !== undefined; chunk = await reader?.read()) {
      const end = received + chunk.value.length
      if (end > bytes.length) {
        await reader?.cancel()
        throw wrongSize(file, `more than ${bytes.length} bytes`, end)
      }
      bytes.set(chunk.value, received)
      received = end
      onBytes(received)
      await partial.keep(bytes, received)
    }
  } catch (error) {
    if (error instanceof TurnwiseError) throw error
    throw unreachable(`${file.url} broke off after ${received} bytes.`, error, signal)
  }
  return received
}

/**
 * Compares bytes with what turnwise.json says of the file.
 *
 * @throws TurnwiseError MODEL_FILE_TRUNCATED, MODEL_FILE_TAMPERED
 */
export async function checkFile(file: ModelFile, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  if (bytes.length !== file.sizeBytes) throw wrongSize(file, `${bytes.length} bytes`, bytes.length)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  if (found === file.sha256) return
  const problem = `${file.url} has the SHA-256 ${found}, turnwise.json states ${file.sha256}.`
  throw new TurnwiseError('MODEL_FILE_TAMPERED', problem, { value: found })
}

function wrongSize({ url, sizeBytes }: ModelFile, found: string, value: number): TurnwiseError {
  return new TurnwiseError('MODEL_FILE_TRUNCATED', `${url} has ${found}, turnwise.json states ${sizeBytes}.`, { value })
}

/** @throws TurnwiseError ABORTED if that is why */
function unreachable(problem: string, cause: unknown, signal: AbortSignal | undefined): TurnwiseError {
  throwIfAborted(signal)
  return new TurnwiseError('MODEL_UNREACHABLE', problem, { cause })
}
