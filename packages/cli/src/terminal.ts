import type { Readable, Writable } from 'node:stream'

/** What the user types on, or a file, or a pipe. */
export type Input = Readable & {
  readonly isTTY?: boolean
  setRawMode?(isRaw: boolean): unknown
}

/** What the user reads from. */
export type Output = Writable & {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** All that the command touches of the world around it, beside files and the network. */
export interface Terminal {
  readonly input: Input
  readonly output: Output
  readonly errors: Output
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Whoever read the output has gone away, as `head` does: no failure, but there is nothing left to do. */
export class OutputClosedError extends Error {
  override readonly name = 'OutputClosedError'
}

const DEFAULT_COLUMNS = 80
const CLOSED_CODES = ['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']

/** The terminal of this process. */
export function createProcessTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) {
    // Without a listener a reader that goes away would end the process with a stack; write() reports it.
    stream.on('error', () => undefined)
  }
  return { input: process.stdin, output: process.stdout, errors: process.stderr, environment: process.env }
}

/**
 * Writes a text and waits until it is taken: a slow reader slows the writer down.
 *
 * @throws OutputClosedError
 */
export async function write(stream: Output, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => {
      if (error === null || error === undefined) resolve()
      else reject(isClosed(error) ? new OutputClosedError('The output was closed.', { cause: error }) : error)
    })
  })
}

/** The width of a terminal in columns; for a file or a pipe the usual 80. */
export function columnsOf(stream: Output): number {
  return stream.isTTY === true && stream.columns !== undefined && stream.columns > 0 ? stream.columns : DEFAULT_COLUMNS
}

function isClosed(error: Error): boolean {
  return 'code' in error && CLOSED_CODES.includes(String(error.code))
}
