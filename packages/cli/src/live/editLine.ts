import { dropLastCharacter } from '../render/fitWidth.js'

/** A key, as `node:readline` reports it. */
export interface Key {
  /** What the key writes. */
  readonly text: string | undefined
  readonly name: string | undefined
  readonly isControl: boolean
  readonly isMeta: boolean
}

/** What a key does to the line that is typed. */
export type Edit =
  | { readonly kind: 'changed'; readonly line: string }
  | { readonly kind: 'submitted' }
  | { readonly kind: 'quit' }
  | { readonly kind: 'ignored' }

const CONTROL_CHARACTER = /\p{Cc}/u

/** A line editor that writes at the end only: speech is not edited in the middle either. */
export function editLine(line: string, { text, name, isControl, isMeta }: Key): Edit {
  if (name === 'return' || name === 'enter') return { kind: 'submitted' }
  if (name === 'backspace') return { kind: 'changed', line: dropLastCharacter(line) }
  if (isControl) return editByControlKey(line, name)
  if (isMeta || text === undefined || text === '' || CONTROL_CHARACTER.test(text)) return { kind: 'ignored' }
  return { kind: 'changed', line: line + text }
}

function editByControlKey(line: string, name: string | undefined): Edit {
  if (name === 'c') return { kind: 'quit' }
  if (name === 'd') return line === '' ? { kind: 'quit' } : { kind: 'ignored' }
  if (name === 'u') return { kind: 'changed', line: '' }
  if (name === 'w') return { kind: 'changed', line: line.replace(/\S*\s*$/, '') }
  return { kind: 'ignored' }
}
