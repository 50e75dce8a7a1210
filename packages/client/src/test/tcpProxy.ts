import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A way to a server that can be cut, and lead elsewhere. */
export interface TcpProxy {
  readonly url: string
  /** Connections so far. */
  readonly connections: number
  /** Where new connections lead; undefined: they are refused. */
  target: number | undefined
  /** Breaks all connections, as a killed server does. */
  cut(): void
  /** Lets answers no longer through, as a dead machine does. */
  swallow(): void
}

export async function startTcpProxy(port: number): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>()
  let target: number | undefined = port
  let connections = 0
  const server = createServer((near) => {
    if (target === undefined) {
      near.destroy()
      return
    }
    connections += 1
    const far = connect(target, '127.0.0.1')
    const pair: [Socket, Socket] = [near, far]
    pairs.add(pair)
    for (const socket of pair) {
      socket.on('error', () => undefined)
      socket.on('close', () => {
        pairs.delete(pair)
        for (const each of pair) each.destroy()
      })
    }
    near.pipe(far)
    far.pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  function cut(): void {
    for (const pair of [...pairs]) for (const socket of pair) socket.destroy()
  }
  onTestFinished(() => {
    cut()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections
    },
    get target() {
      return target
    },
    set target(port) {
      target = port
    },
    cut,
    swallow() {
      for (const [near, far] of pairs) far.unpipe(near)
    },
  }
}
