import stringWidth from 'string-width'

/** More code units than the characters of a column ever have: what is farther away cannot fit. */
const UNITS_PER_COLUMN = 8

/** A character a column: most texts, and much faster to cut than the others. */
const PLAIN = /^[\x20-\x7e]*$/

/** The end of a text, as much as fits, with an ellipsis before it if that is not all. */
export function keepEnd(text: string, columns: number): string {
  const near = text.slice(-columns * UNITS_PER_COLUMN)
  if (near === text && stringWidth(text) <= columns) return text
  if (PLAIN.test(near)) return `…${near.slice(1 - columns)}`
  const backwards = takeWithin(graphemes(near).reverse(), columns - 1)
  return `…${backwards.reverse().join('')}`
}

/** The beginning of a text, as much as fits, with an ellipsis after it if that is not all. */
export function keepStart(text: string, columns: number): string {
  const near = text.slice(0, columns * UNITS_PER_COLUMN)
  if (near === text && stringWidth(text) <= columns) return text
  if (PLAIN.test(near)) return `${near.slice(0, columns - 1)}…`
  return `${takeWithin(graphemes(near), columns - 1).join('')}…`
}

/** A text filled up with spaces, or cut, to exactly so many columns. */
export function fitWidth(text: string, columns: number): string {
  const fitting = keepStart(text, columns)
  return fitting + ' '.repeat(Math.max(columns - stringWidth(fitting), 0))
}

/** A text without the last of what people take for its characters. */
export function dropLastCharacter(text: string): string {
  const last = graphemes(text.slice(-UNITS_PER_COLUMN * 4)).at(-1) ?? ''
  return text.slice(0, text.length - last.length)
}

function graphemes(text: string): string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment)
}

function takeWithin(characters: readonly string[], columns: number): string[] {
  let width = 0
  const end = characters.findIndex((character) => {
    width += stringWidth(character)
    return width > columns
  })
  return characters.slice(0, end === -1 ? characters.length : end)
}
