const UNITS = ['bytes', 'kB', 'MB', 'GB'] as const

/** A size as people write it: `199 kB`, `112.3 MB`. */
export function formatBytes(sizeBytes: number): string {
  let value = sizeBytes
  let unit = 0
  // From 999.5 on a number would be rounded to four digits.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value.toFixed(unit >= 2 ? 1 : 0)} ${UNITS[unit]}`
}
