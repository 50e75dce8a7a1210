import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

/** The strictest policy that a page with turnwise can have. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src data:"

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
}

/** A website on this machine. */
export interface SiteServer {
  readonly url: string
  /** The paths that were asked for. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

/** What a site consists of. */
export interface SiteOptions {
  /** Folders, by the path that they begin with: the longest that fits is taken. */
  readonly folders: Readonly<Record<string, string>>
  /** Whether pages may use several threads. Default: true. */
  readonly isIsolated?: boolean
}

/** Serves folders as a careful host does: a strict content-security policy, and the headers that threads need. */
export async function startSite({ folders, isIsolated = true }: SiteOptions): Promise<SiteServer> {
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length)
  const requests: string[] = []
  const isolation = {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  }
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://site').pathname)
    requests.push(path)
    const prefix = prefixes.find((each) => path.startsWith(each)) ?? '/'
    const name = path.endsWith('/') ? 'index.html' : ''
    const file = join(folders[prefix] ?? '', normalize(`/${path.slice(prefix.length)}`), name)
    const stats = await stat(file).catch(() => undefined)
    if (stats?.isFile() !== true) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, {
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Content-Length': stats.size,
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
      'Cache-Control': path.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'no-cache',
      ...(isIsolated ? isolation : {}),
    })
    createReadStream(file).pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
