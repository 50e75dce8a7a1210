import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, sep } from 'node:path'

/** How a {@link HubServer} misbehaves. */
export interface HubFaults {
  /** Answers every request with this status. */
  status?: number
  /** Only requests with this token are answered. */
  token?: string
  /** Ends the connection after so many bytes of a file, as often as stated. */
  breakOff?: { path: string; afterBytes: number; times: number }
  /** Answers so many requests for files with 503 first. */
  busyTimes?: number
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
  close(): Promise<void>
}

export const COMMIT = 'c0ffee0000000000000000000000000000000000'

/** Files above this size are "large": listed with their SHA-256, as those in LFS are. */
const LARGE_BYTES = 20_000

/** Serves the files of a folder as the model `owner/name`. */
export async function startHubServer(folder: string): Promise<HubServer> {
  const faults: HubFaults = {}
  const downloads: string[] = []
  const files = new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1).replaceAll(sep, '/'), readFileSync(path)]),
  )

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = decodeURIComponent(request.url ?? '')
    const isAllowed = faults.token === undefined || request.headers.authorization === `Bearer ${faults.token}`
    if (faults.status !== undefined || !isAllowed) response.writeHead(faults.status ?? 401).end()
    else if (faults.answersNonsense === true) response.end('<html>maintenance</html>')
    else if (url === '/api/models/owner/name/revision/main') response.end(JSON.stringify({ sha: COMMIT }))
    else if (url.startsWith(`/api/models/owner/name/tree/${COMMIT}`)) answerTree(url, response)
    else if (url.startsWith(`/owner/name/resolve/${COMMIT}/`)) answerFile(request, response, url)
    else response.writeHead(404).end()
  }

  /** In two pages, to have them followed. */
  function answerTree(url: string, response: ServerResponse): void {
    const entries = [{ type: 'directory', path: 'onnx', size: 0, oid: 'x' }, ...[...files].map(treeEntry)]
    const isSecond = url.includes('cursor=2')
    if (!isSecond) response.setHeader('link', `<http://${response.req.headers.host}${url}&cursor=2>; rel="next"`)
    response.end(JSON.stringify(isSecond ? entries.slice(3) : entries.slice(0, 3)))
  }

  function answerFile(request: IncomingMessage, response: ServerResponse, url: string): void {
    const path = url.split(`/resolve/${COMMIT}/`)[1] ?? ''
    const whole = files.get(path)
    const range = faults.ignoresRanges === true ? undefined : request.headers.range
    downloads.push(request.headers.range === undefined ? path : `${path} ${request.headers.range}`)
    if (whole === undefined) return void response.writeHead(404).end()
    if ((faults.busyTimes ?? 0) > 0) {
      faults.busyTimes = (faults.busyTimes ?? 0) - 1
      return void response.writeHead(503).end()
    }
    const content = faults.corruptPath === path ? Buffer.alloc(whole.length, 7) : whole
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
    const headers = { 'content-length': content.length - start }
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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    downloads,
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
