import { PassThrough } from 'node:stream'
import type { Input, Output, Terminal } from '../terminal.js'

/** A terminal of a test, and what was written to it. */
export interface FakeTerminal extends Terminal {
  readonly input: PassThrough & Input
  /** All of the output so far. */
  written(): string
  /** All of the errors so far. */
  complained(): string
  readonly rawModes: readonly boolean[]
}

export interface FakeTerminalOptions {
  /** What stdin holds; without it, it stays open for the test to write. */
  readonly stdin?: string
  readonly isTTY?: boolean
  readonly columns?: number
  readonly environment?: Terminal['environment']
}

export function createFakeTerminal(options: FakeTerminalOptions = {}): FakeTerminal {
  const { stdin, isTTY = false, columns = 80, environment = {} } = options
  const rawModes: boolean[] = []
  const setRawMode = (isRaw: boolean) => rawModes.push(isRaw)
  const input = Object.assign(new PassThrough(), isTTY ? { isTTY, setRawMode } : {})
  if (stdin !== undefined) input.end(stdin)
  const [output, written] = createOutput(isTTY, columns)
  const [errors, complained] = createOutput(isTTY, columns)
  return { input, output, errors, environment, written, complained, rawModes }
}

function createOutput(isTTY: boolean, columns: number): [Output, () => string] {
  const stream = Object.assign(new PassThrough(), { isTTY, columns })
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return [stream, () => text]
}
