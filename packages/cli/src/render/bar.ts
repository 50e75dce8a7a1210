const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const
const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/**
 * A bar of block characters, exact to an eighth of a column, filled up with spaces.
 *
 * @param share 0 to 1
 * @param width in columns
 */
export function renderBar(share: number, width: number): string {
  const eighths = Math.round(clamp(share) * width * 8)
  const bar = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '')
  return bar.padEnd(width)
}

/** A bar of a single character, by its height. */
export function renderLevel(share: number): string {
  return LEVELS[Math.min(Math.floor(clamp(share) * LEVELS.length), LEVELS.length - 1)] ?? ' '
}

function clamp(share: number): number {
  return Math.min(Math.max(share, 0), 1)
}
