import { type ErrorCode, type ManifestFile, TurnwiseError, throwIfAborted } from '@turnwise/core'

/** A file of a model, and what it must be. */
export interface ModelFile extends ManifestFile {
  /** Path within the model folder. */
  readonly name: string
  readonly url: string
}

/** Options of {@link downloadFile}. */
export interface DownloadOptions {
  /** Called with the bytes that have come so far. */
  readonly onBytes: (receivedBytes: number) => void
  readonly signal: AbortSignal | undefined
}

/**
 * Asks for an address.
 *
 * @param missing the error if there is nothing at the address
 * @throws TurnwiseError `missing`, MODEL_UNREACHABLE, ABORTED
 */
export async function request(
  url: string,
  missing: ErrorCode,
  init: { readonly cache: RequestCache; readonly signal: AbortSignal | undefined },
): Promise<Response> {
  const response = await fetch(url, { cache: init.cache, signal: init.signal ?? null }).catch((cause: unknown) => {
    throw unreachable(`${url} cannot be reached.`, cause, init.signal)
  })
  if (response.ok) return response
  if (response.status === 404) throw new TurnwiseError(missing, `There is no ${url}.`, { value: url })
  throw unreachable(`${url} answered with the status ${response.status}.`, response.status, init.signal)
}

/**
 * Downloads a file and checks it.
 *
 * @throws TurnwiseError MODEL_FILE_MISSING, MODEL_UNREACHABLE, ABORTED, and those of {@link checkFile}
 */
export async function downloadFile(
  file: ModelFile,
  { onBytes, signal }: DownloadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  // It is kept by its checksum: the browser's other cache need not hold it a second time, nor give an older one.
  const { body } = await request(file.url, 'MODEL_FILE_MISSING', { cache: 'no-store', signal })
  const bytes = new Uint8Array(file.sizeBytes)
  let received = 0
  try {
    // A reader rather than a loop over the stream, which Safari cannot do.
    const reader = body?.getReader()
    for (let chunk = await reader?.read(); chunk?.value !== undefined; chunk = await reader?.read()) {
      const end = received + chunk.value.length
      if (end > file.sizeBytes) {
        await reader?.cancel()
        throw wrongSize(file, `more than ${file.sizeBytes} bytes`, end)
      }
      bytes.set(chunk.value, received)
      received = end
      onBytes(received)
    }
  } catch (error) {
    if (error instanceof TurnwiseError) throw error
    throw unreachable(`${file.url} broke off after ${received} bytes.`, error, signal)
  }
  await checkFile(file, bytes.subarray(0, received))
  return bytes
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
