import { describeValue, TurnwiseError } from '@turnwise/core'
import type { SocketConstructor } from './socket.js'

/** Options of `createClient`. */
export interface ClientOptions {
  /** Where the server is, such as http://127.0.0.1:8080; may have a path before the server's own. */
  readonly url: string
  /** A key of the server. */
  readonly key?: string | undefined
  /** The class of WebSockets, for sessions. By default the global one, which Node has from 22 on; that of `ws` will do. */
  readonly WebSocket?: SocketConstructor | undefined
  /** How long an answer may take, ms, new connections and lost ones included. */
  readonly timeoutMs?: number | undefined
}

/** What is not said. */
export const DEFAULT_CLIENT_OPTIONS = { timeoutMs: 10_000 } as const

/** Options with nothing left to decide. */
export interface Endpoint {
  /** The address; ends with a slash. */
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly WebSocket: SocketConstructor | undefined
  readonly timeoutMs: number
}

/** The longest that timers of JavaScript can wait, ms. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

/** @throws TurnwiseError INVALID_OPTION */
export function resolveClientOptions(options: ClientOptions): Endpoint {
  const { url, key, timeoutMs = DEFAULT_CLIENT_OPTIONS.timeoutMs } = options
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new TurnwiseError('INVALID_OPTION', `url is ${describeValue(url)}, expected an http or https address.`)
  }
  if (!(timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT_MS)) {
    throw new TurnwiseError('INVALID_OPTION', `timeoutMs is ${describeValue(timeoutMs)}, expected 1 or more.`, {
      value: timeoutMs,
    })
  }
  return {
    url: new URL(url.endsWith('/') ? url : `${url}/`),
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    WebSocket: options.WebSocket ?? (globalThis.WebSocket as SocketConstructor | undefined),
    timeoutMs,
  }
}
