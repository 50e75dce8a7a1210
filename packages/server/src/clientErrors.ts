import type { Socket } from 'node:net'
import { TurnwiseError } from '@turnwise/core'
import type { ServerContext } from './context.js'
import { wireErrorOf } from './errorHandling.js'

/** What Node says of requests that are too large or too slow; anything else is no HTTP. */
const STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** Answers what never became a request in the form of all errors, and ends the connection. */
export function answerClientError(
  context: ServerContext,
  { code = '' }: Error & { readonly code?: string },
  socket: Socket,
): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = STATUS[code] ?? '400 Bad Request'
  const error = code.endsWith('OVERFLOW')
    ? new TurnwiseError('REQUEST_TOO_LARGE', 'The headers of the request are too large.')
    : new TurnwiseError('INVALID_REQUEST', 'The request cannot be read, or has not come in time.')
  const body = JSON.stringify({ error: wireErrorOf(context, error) })
  const lines = ['content-type: application/json', `content-length: ${body.length}`, 'connection: close']
  socket.write(`HTTP/1.1 ${status}\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
  socket.destroy()
}
