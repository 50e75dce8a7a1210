import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
}

/** A server on this machine. */
export interface Host {
  readonly url: string
  close(): Promise<void>
}

/** Serves a folder as the plainest of hosts does: no headers of its own, none that threads need. */
export async function startHost(folder: string): Promise<Host> {
  return listen(
    createServer(async ({ url = '/' }, response) => {
      const path = normalize(decodeURIComponent(new URL(url, 'http://host').pathname))
      const file = join(folder, path.endsWith('/') ? `${path}index.html` : path)
      const stats = await stat(file).catch(() => undefined)
      if (stats?.isFile() !== true) {
        response.writeHead(404).end()
        return
      }
      const type = TYPES[extname(file)] ?? 'application/octet-stream'
      response.writeHead(200, { 'Content-Type': type, 'Content-Length': stats.size })
      createReadStream(file).pipe(response)
    }),
  )
}

/** A proxy that lets nothing through and remembers who was asked for. */
export async function startProxy(): Promise<Host & { readonly asked: readonly string[] }> {
  const asked: string[] = []
  const server = createServer(({ url = '' }, response) => {
    asked.push(url)
    response.writeHead(502).end()
  })
  server.on('connect', ({ url = '' }, socket) => {
    asked.push(url)
    socket.destroy()
  })
  return { ...(await listen(server)), asked }
}

async function listen(server: Server): Promise<Host> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
