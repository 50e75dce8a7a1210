/**
 * The text without white space at its ends, exactly as Python's `str.strip` sees white space: the training code
 * strips that way. (`String.prototype.trim` also removes U+FEFF and keeps U+001C–U+001F and U+0085.)
 */
export function strip(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text.charCodeAt(start))) start += 1
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

/** The words of a text, as Python's `str.split` parts them. */
export function splitWords(text: string): string[] {
  const words: string[] = []
  let start = 0
  for (let end = 0; end <= text.length; end += 1) {
    if (end < text.length && !isSpace(text.charCodeAt(end))) continue
    if (end > start) words.push(text.slice(start, end))
    start = end + 1
  }
  return words
}

/** Whether a UTF-16 code unit is white space to Python. All of it lies in the basic plane. */
export function isSpace(unit: number): boolean {
  if (unit <= 0x20) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || unit >= 0x1c
  if (unit < 0x1680) return unit === 0x85 || unit === 0xa0
  return (
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000
  )
}
