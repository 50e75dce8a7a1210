/** A line of the input. */
export interface Line {
  /** From 1. */
  readonly number: number
  /** The line without its end; undefined if it is too long or not valid UTF-8. */
  readonly text: string | undefined
  readonly isTooLong: boolean
}

/** The longest line that is kept, in bytes: more than the longest text that is accepted. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024

const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * Splits bytes into lines, as they come: each step yields the lines that a chunk completes. Only a newline ends a
 * line (`node:readline` also splits at U+2028, which JSON allows in a text), and no more than a chunk and a line is
 * held, however slow the reader of the lines is.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes = MAX_LINE_BYTES,
): AsyncGenerator<Line[]> {
  let parts: Uint8Array[] = []
  let sizeBytes = 0
  let number = 0

  function add(part: Uint8Array): void {
    sizeBytes += part.length
    if (sizeBytes <= maxLineBytes) parts.push(part)
    else parts = []
  }

  function take(): Line {
    number += 1
    const isTooLong = sizeBytes > maxLineBytes
    const line = { number, text: isTooLong ? undefined : decode(Buffer.concat(parts)), isTooLong }
    parts = []
    sizeBytes = 0
    return line
  }

  for await (const chunk of chunks) {
    const lines: Line[] = []
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end))
      lines.push(take())
      start = end + 1
    }
    add(chunk.subarray(start))
    if (lines.length > 0) yield lines
  }
  if (sizeBytes > 0) yield [take()]
}

function decode(bytes: Uint8Array): string | undefined {
  const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end))
  } catch {
    return undefined
  }
}
