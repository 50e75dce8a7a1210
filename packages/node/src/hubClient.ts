import { type ErrorCode, isRecord, TurnwiseError } from '@turnwise/core'
import { formatHubId, type HubId } from './hubId.js'
import { type HubPatience, pause } from './hubPatience.js'

/** How to reach the hub. */
export interface HubAccess {
  readonly hubEndpoint: string
  readonly hubToken: string | undefined
  readonly signal: AbortSignal | undefined
  readonly patience: HubPatience
}

/** A file of a model or a data set on the hub. */
export interface HubFile {
  /** Within the repository; it never leads out of it. */
  readonly path: string
  readonly sizeBytes: number
  /** What the hub knows of the content: SHA-256 for large files, Git's object id for small ones. */
  readonly checksum: { readonly kind: 'sha256' | 'gitBlob'; readonly value: string }
}

/** How long the hub may take to begin an answer. */
const ANSWER_TIMEOUT_MS = 30_000

/**
 * The commit that a revision means now.
 *
 * @throws TurnwiseError HUB_NOT_FOUND, HUB_ACCESS_DENIED, HUB_UNREACHABLE, HUB_FAILED, ABORTED
 */
export async function fetchCommit(id: HubId, access: HubAccess): Promise<string> {
  const url = `${apiAddress(id, access)}/revision/${encodeURIComponent(id.revision)}`
  const body: unknown = await (await request(url, id, access)).json().catch(() => undefined)
  const commit = isRecord(body) ? body.sha : undefined
  if (typeof commit !== 'string' || !/^[0-9a-f]{40}$/.test(commit)) throw misunderstood(id, 'no commit')
  return commit
}

/**
 * The files at a commit.
 *
 * @throws TurnwiseError as {@link fetchCommit}
 */
export async function fetchFileList(id: HubId, commit: string, access: HubAccess): Promise<HubFile[]> {
  const files: HubFile[] = []
  let url: string | undefined = `${apiAddress(id, access)}/tree/${commit}?recursive=true`
  while (url !== undefined) {
    const response = await request(url, id, access)
    const entries: unknown = await response.json().catch(() => undefined)
    if (!Array.isArray(entries)) throw misunderstood(id, 'no list of files')
    files.push(
      ...entries.filter((entry) => isRecord(entry) && entry.type === 'file').map((entry) => readFile(id, entry)),
    )
    const next: string | undefined = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
    url = next === undefined ? undefined : new URL(next, access.hubEndpoint).href
  }
  return files
}

/** The address of a file at a commit. */
export function fileAddress(id: HubId, commit: string, path: string, { hubEndpoint }: HubAccess): string {
  const repository = `${id.kind === 'models' ? '' : `${id.kind}/`}${id.owner}/${id.name}`
  return `${hubEndpoint}/${repository}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`
}

/**
 * A request to the hub, made again while it is busy; the answer has a status from 200 to 299.
 *
 * @throws TurnwiseError HUB_NOT_FOUND, HUB_ACCESS_DENIED, HUB_UNREACHABLE, HUB_FAILED, ABORTED
 */
export async function request(
  url: string,
  id: HubId,
  access: HubAccess,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const { maxAttempts, retryDelayMs, longestPauseMs } = access.patience
  for (let attempt = 1; ; attempt += 1) {
    const response = await requestOnce(url, id, access, headers)
    if (response.ok) return response
    await response.body?.cancel()
    const { status } = response
    const isBusy = status === 429 || status >= 500
    const askedMs = retryAfterMs(response)
    if (!isBusy || attempt >= maxAttempts || askedMs > longestPauseMs) throw refused(status, askedMs, url, id)
    await pause(Math.max(askedMs, retryDelayMs * 2 ** (attempt - 1)), access.signal)
  }
}

async function requestOnce(
  url: string,
  id: HubId,
  { hubToken, signal }: HubAccess,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const authorization: Record<string, string> = hubToken === undefined ? {} : { authorization: `Bearer ${hubToken}` }
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(new Error('The hub did not answer in time.')), ANSWER_TIMEOUT_MS)
  try {
    return await fetch(url, {
      headers: { ...authorization, ...headers },
      signal: signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]),
    })
  } catch (cause) {
    if (signal?.aborted === true)
      throw new TurnwiseError('ABORTED', 'The download was aborted.', { cause: signal.reason })
    const problem = `${new URL(url).host} cannot be reached for ${formatHubId(id)}.`
    throw new TurnwiseError('HUB_UNREACHABLE', problem, { value: new URL(url).host, cause })
  } finally {
    clearTimeout(timer)
  }
}

/** How long a busy hub asks to be left alone; 0 if it does not say so in seconds. */
function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? 0)
  return Number.isFinite(seconds) ? Math.max(0, 1000 * seconds) : 0
}

function refused(status: number, askedMs: number, url: string, id: HubId): TurnwiseError {
  const code: ErrorCode =
    status === 404 ? 'HUB_NOT_FOUND' : status === 401 || status === 403 ? 'HUB_ACCESS_DENIED' : 'HUB_FAILED'
  const asked = askedMs === 0 ? '' : ` It asks to wait ${askedMs / 1000} s.`
  const problem = `The hub answered ${status} for ${formatHubId(id)}, at ${url}.${asked}`
  return new TurnwiseError(code, problem, { value: status })
}

function readFile(id: HubId, entry: Record<string, unknown>): HubFile {
  const { path, size, oid, lfs } = entry
  const sha256 = isRecord(lfs) ? lfs.oid : undefined
  const isLarge = typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)
  if (typeof path !== 'string' || typeof size !== 'number' || (!isLarge && typeof oid !== 'string')) {
    throw misunderstood(id, 'a file without path, size or checksum')
  }
  // Files are written where their paths say.
  if (path.includes('\\') || path.split('/').some((part) => part === '' || part === '..')) {
    throw misunderstood(id, 'a file whose path leads out of it')
  }
  const checksum = isLarge ? { kind: 'sha256' as const, value: sha256 } : { kind: 'gitBlob' as const, value: `${oid}` }
  return { path, sizeBytes: size, checksum }
}

function apiAddress({ kind, owner, name }: HubId, { hubEndpoint }: HubAccess): string {
  return `${hubEndpoint}/api/${kind}/${owner}/${name}`
}

function misunderstood(id: HubId, found: string): TurnwiseError {
  return new TurnwiseError('HUB_FAILED', `The hub's answer about ${formatHubId(id)} holds ${found}.`)
}
