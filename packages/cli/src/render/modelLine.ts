import type { Manifest } from 'turnwise'
import type { Colors } from '../app.js'
import type { LoadingOptions } from '../loadingOptions.js'

/** Which model answers, where it is from and how long it took to load. */
export function renderModelLine(
  { name, version }: Manifest,
  loadMs: number,
  { model = 'bundled', threads }: LoadingOptions,
  colors: Colors,
): string {
  const details = [
    model,
    threads === undefined ? undefined : `${threads} threads`,
    `loaded in ${formatSeconds(loadMs)}`,
  ]
  return `${colors.bold(`${name} ${version}`)}${colors.dim(` (${details.filter(Boolean).join(', ')})`)}\n`
}

function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`
}
