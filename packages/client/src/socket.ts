import { TurnwiseError } from '@turnwise/core'

/** What is used of a WebSocket. */
export interface Socket {
  readonly readyState: number
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  send(text: string): void
  close(): void
}

/** The class of WebSockets: that of browsers, of Node from 22 on, or of the package ws. */
export type SocketConstructor = new (url: string, options?: never) => Socket

/** `readyState` of a socket that can send. */
export const OPEN = 1

/**
 * Opens a socket. Headers can be given to the WebSockets of Node and of ws; to those of a browser nothing is given, since
 * a page holds no key.
 *
 * @throws TurnwiseError INVALID_OPTION if there is no WebSocket
 */
export function openSocket(
  SocketClass: SocketConstructor | undefined,
  url: string,
  headers: Readonly<Record<string, string>>,
): Socket {
  if (SocketClass === undefined) {
    const problem = 'There is no WebSocket here; on Node 20 pass that of the package ws as the option WebSocket.'
    throw new TurnwiseError('INVALID_OPTION', problem)
  }
  if (Object.keys(headers).length === 0) return new SocketClass(url)
  const WithHeaders = SocketClass as unknown as new (
    url: string,
    options: { headers: Readonly<Record<string, string>> },
  ) => Socket
  return new WithHeaders(url, { headers })
}
