/**
 * A function that cuts a text after the first character of every special token's string in it, so that no piece
 * holds such a string whole: `a <|im_end|>` becomes `a <` and `|im_end|>`. The training code cuts the same way.
 */
export function createSpecialTokenCutter(specialTokens: readonly string[]): (text: string) => string[] {
  if (specialTokens.length === 0) return (text) => (text === '' ? [] : [text])
  const pattern = new RegExp(`(?=(${specialTokens.map(escapePattern).join('|')}))`, 'gu')
  return (text) => {
    const pieces: string[] = []
    let start = 0
    for (const { index } of text.matchAll(pattern)) {
      const end = index + ((text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1)
      pieces.push(text.slice(start, end))
      start = end
    }
    pieces.push(text.slice(start))
    return pieces.filter((piece) => piece !== '')
  }
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, (character) => (character === '-' ? '\\x2d' : `\\${character}`))
}
