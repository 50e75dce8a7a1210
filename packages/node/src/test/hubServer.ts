import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, sep } from 'node:path'
import type { HubKind } from '../hubId.js'

/** How a {@link HubServer} misbehaves. */
export interface HubFaults {
  /** Answers every request with this status. */
  status?: number
  /** Only requests with this token are answered. */
  token?: string
  /** Ends the connection after so many bytes of a file, as often as stated. */
  breakOff?: { path: string; afterBytes: number; times: number }
  /** Answers so many requests whose addresses hold a text as a busy hub does first. */
  busy?: { at: string; times: number; status?: number; retryAfter?: string }
  /** Sends files from another host, as the hub does with large ones. */
  redirects?: boolean
  /** Ends the answer after so many bytes of a file as if it were whole, as often as stated. */
  truncates?: { path: string; afterBytes: number; times: number }
  /** Sends a page instead of this file, as a proxy does. */
  pageInsteadOf?: string
  /** Lists a file of this path too. */
  lists?: string
  /** Sends another content of the same size for this file. */
  corruptPath?: string
  /** Sends whole files whatever range is asked for. */
  ignoresRanges?: boolean
  /** Sends nothing more after the first bytes of this file. */
  stallsAt?: string
  /** Answers with something that is no JSON. */
  answersNonsense?: boolean
}

/** A model hub on this machine. */
export interface HubServer {
  readonly endpoint: string
  readonly faults: HubFaults
  /** `path` or `path range` of each file request. */
  readonly downloads: string[]
  /** What was sent as `authorization` to the other host, by request. */
  readonly elsewhere: (string | undefined)[]
  close(): Promise<void>
}

export const COMMIT = 'c0ffee0000000000000000000000000000000000'

/** Files above this size are "large": listed with their SHA-256, as those in LFS are. */
const LARGE_BYTES = 20_000

/** Serves the files of a folder as the model or the data set `owner/name`. */
export async function startHubServer(folder: string, kind: HubKind = 'models'): Promise<HubServer> {
  const api = `/api/${kind}/owner/name`
  const resolved = `${kind === 'models' ? '' : '/datasets'}/owner/name/resolve/${COMMIT}/`
  const faults: HubFaults = {}
  const elsewhere: (string | undefined)[] = []
  const downloads: string[] = []
  const files = new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1).replaceAll(sep, '/'), readFileSync(path)]),
  )

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = decodeURIComponent(request.url ?? '')
    if (url.startsWith('/elsewhere/')) {
      elsewhere.push(request.headers.authorization)
      answerFile(request, response, url.slice('/elsewhere/'.length))
      return
    }
    const isAllowed = faults.token === undefined || request.headers.authorization === `Bearer ${faults.token}`
    if (faults.status !== undefined || !isAllowed) response.writeHead(faults.status ?? 401).end()
    else if (isBusy(url)) answerBusy(response)
    else if (faults.answersNonsense === true) response.end('<html>maintenance</html>')
    else if (url === `${api}/revision/main`) response.end(JSON.stringify({ sha: COMMIT }))
    else if (url.startsWith(`${api}/tree/${COMMIT}`)) answerTree(url, response)
    else if (!url.startsWith(resolved)) response.writeHead(404).end()
    else if (faults.redirects === true) redirect(url, request, response)
    else answerFile(request, response, url.slice(resolved.length))
  }

  function isBusy(url: string): boolean {
    return faults.busy !== undefined && faults.busy.times > 0 && url.includes(faults.busy.at)
  }

  function answerBusy(response: ServerResponse): void {
    const { busy } = faults
    if (busy === undefined) return
    busy.times -= 1
    const headers = busy.retryAfter === undefined ? {} : { 'retry-after': busy.retryAfter }
    response.writeHead(busy.status ?? 503, headers).end()
  }

  /** To the same server by its other name, which is another host. */
  function redirect(url: string, { headers }: IncomingMessage, response: ServerResponse): void {
    const location = `http://${headers.host?.replace('127.0.0.1', 'localhost')}/elsewhere/${url.slice(resolved.length)}`
    response.writeHead(302, { location }).end()
  }

  /** In two pages, to have them followed. */
  function answerTree(url: string, response: ServerResponse): void {
    const entries = [{ type: 'directory', path: 'onnx', size: 0, oid: 'x' }, ...[...files].map(treeEntry)]
    if (faults.lists !== undefined) entries.push({ type: 'file', path: faults.lists, size: 1, oid: 'x' })
    const isSecond = url.includes('cursor=2')
    if (!isSecond) response.setHeader('link', `<http://${response.req.headers.host}${url}&cursor=2>; rel="next"`)
    response.end(JSON.stringify(isSecond ? entries.slice(3) : entries.slice(0, 3)))
  }

  function answerFile(request: IncomingMessage, response: ServerResponse, path: string): void {
    const whole = files.get(path)
    const range = faults.ignoresRanges === true ? undefined : request.headers.range
    downloads.push(request.headers.range === undefined ? path : `${path} ${request.headers.range}`)
    if (whole === undefined) return void response.writeHead(404).end()
    if (faults.pageInsteadOf === path) {
      return void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>Log in</html>')
    }
    const content = faults.corruptPath === path ? Buffer.alloc(whole.length, 7) : whole
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
    const { truncates } = faults
    if (truncates?.path === path && truncates.times > 0) {
      truncates.times -= 1
      return void response.end(content.subarray(start, start + truncates.afterBytes))
    }
    const headers = { 'content-type': 'application/octet-stream', 'content-length': content.length - start }
    if (start === 0) response.writeHead(200, headers)
    else
      response.writeHead(206, { ...headers, 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` })
    sendBody(response, path, content.subarray(start))
  }

  function sendBody(response: ServerResponse, path: string, body: Buffer): void {
    const { breakOff } = faults
    if (faults.stallsAt === path) response.write(body.subarray(0, 10))
    else if (breakOff?.path === path && breakOff.times > 0) {
      breakOff.times -= 1
      response.write(body.subarray(0, breakOff.afterBytes), () => setTimeout(() => response.socket?.destroySoon(), 100))
    } else response.end(body)
  }

  const server = createServer(answer)
  // By either name: with a family of its own `localhost` may be another address.
  await new Promise<void>((resolve) => server.listen(0, resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    downloads,
    elsewhere,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function treeEntry([path, content]: [string, Buffer]): object {
  const oid = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
  const sha256 = createHash('sha256').update(content).digest('hex')
  const large = content.length > LARGE_BYTES ? { lfs: { oid: sha256, size: content.length, pointerSize: 130 } } : {}
  return { type: 'file', path, size: content.length, oid, ...large }
}
