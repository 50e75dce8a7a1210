import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { until } from './until.js'

/** A connection that sends exactly what it is told, right or wrong. */
export interface RawConnection {
  readonly socket: Socket
  /** All that has come, each byte a character. */
  readonly received: string
  write(data: string | Uint8Array): void
  /** All that came before the other side ended the connection. */
  readonly closed: Promise<string>
}

/** Connects to a server; the connection is gone when the test is finished. */
export async function connectRaw(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  let received = ''
  socket.on('data', (data) => {
    received += data.toString('latin1')
  })
  // To be cut off is what many of these connections are for.
  socket.on('error', () => undefined)
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(received)))
  await once(socket, 'connect')
  return {
    socket,
    closed,
    get received() {
      return received
    },
    write: (data) => void socket.write(data),
  }
}

/** The lines of a request, and its body. */
export function requestText(start: string, headers: Record<string, string | number> = {}, body = ''): string {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}`)
  return [`${start} HTTP/1.1`, ...lines, '', body].join('\r\n')
}

/** With these headers Java's HttpClient asks for HTTP/2, with each request. */
export const H2C = {
  connection: 'Upgrade, HTTP2-Settings',
  upgrade: 'h2c',
  'http2-settings': 'AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA',
}

/** A request for a stream. */
export function upgradeText(headers: Record<string, string> = {}, start = 'GET /v1/stream'): string {
  return requestText(start, {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    ...headers,
  })
}

/** Opens a stream whose frames are written by hand. */
export async function openRawStream(url: string, headers: Record<string, string> = {}): Promise<RawConnection> {
  const connection = await connectRaw(url)
  connection.write(upgradeText(headers))
  await until(() => connection.received.includes('\r\n\r\n'))
  return connection
}

/** What a frame is, where it is not a whole text. */
export interface FrameOptions {
  /** Bits of the first byte: 0x80 the last of its message, 0x40 compressed, and the kind. Default: a whole text. */
  readonly head?: number
  /** Frames of callers have to be masked. Default: true. */
  readonly isMasked?: boolean
  /** What the frame says its length is. Default: what it is. */
  readonly claimedLength?: bigint
}

const TEXT = 0x81
const CLOSE = 0x88
export const PING = 0x89

/** A frame of WebSocket. Its mask is zero, which leaves the payload as it is. */
export function frame(payload: string | Uint8Array, options: FrameOptions = {}): Buffer {
  const { head = TEXT, isMasked = true, claimedLength } = options
  const body = Buffer.from(payload as Uint8Array)
  const length = claimedLength ?? BigInt(body.length)
  const mask = isMasked ? 0x80 : 0
  const size = Buffer.alloc(length < 126n ? 0 : length < 65_536n ? 2 : 8)
  if (size.length === 2) size.writeUInt16BE(Number(length))
  if (size.length === 8) size.writeBigUInt64BE(length)
  const short = size.length === 0 ? Number(length) : size.length === 2 ? 126 : 127
  return Buffer.concat([Buffer.of(head, mask | short), size, Buffer.alloc(isMasked ? 4 : 0), body])
}

/** The code of the frame with which the server ended a stream. */
export function closeCodeOf(received: string): number | undefined {
  const bytes = Buffer.from(received.slice(received.indexOf('\r\n\r\n') + 4), 'latin1')
  const start = bytes.lastIndexOf(Buffer.of(CLOSE))
  return start === -1 ? undefined : bytes.readUInt16BE(start + 2)
}
