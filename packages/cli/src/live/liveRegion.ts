import { type Output, write } from '../terminal.js'

/** The lines at the end of the terminal that change, with what has been said above them. */
export interface LiveRegion {
  /** Draws the lines in the place of those drawn before; the cursor stays at the end of the last. */
  draw(lines: readonly string[]): Promise<void>
  /** Writes a text above, for good. */
  print(text: string): Promise<void>
  /** Leaves the lines where they are; what follows is written below. */
  end(): Promise<void>
}

/** A region of lines, none of which is wider than the terminal. */
export function createLiveRegion(output: Output): LiveRegion {
  let drawn: readonly string[] = []

  function toStart(): string {
    return drawn.length > 1 ? `\r\u001b[${drawn.length - 1}A\u001b[J` : '\r\u001b[J'
  }

  return {
    async draw(lines) {
      const text = toStart() + lines.join('\n')
      drawn = lines
      await write(output, text)
    },
    async print(text) {
      await write(output, toStart() + text + drawn.join('\n'))
    },
    async end() {
      await write(output, '\n')
      drawn = []
    },
  }
}
