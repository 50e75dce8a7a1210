import stringWidth from 'string-width'

/** A table in columns: the first is a name, the others are figures. The first row is the head. */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))))
  const lines = rows.map((row) => {
    const cells = widths.map((width, column) => {
      const cell = row[column] ?? ''
      const gap = ' '.repeat(width - stringWidth(cell))
      return column === 0 ? cell + gap : gap + cell
    })
    return cells.join('  ').trimEnd()
  })
  return lines.map((line) => `${line}\n`).join('')
}

/** A share as per cent: `97.2`, a dash where it cannot be told. */
export function percent(share: number | null): string {
  return share === null ? '–' : (100 * share).toFixed(1)
}
