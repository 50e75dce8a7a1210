import type { NodeDetector, Runtime } from 'turnwise'
import type { Colors } from '../app.js'
import type { LoadingOptions } from '../loadingOptions.js'

const RUNTIME_NAMES: Readonly<Record<Runtime, string>> = { native: 'native runtime', onnx: 'ONNX Runtime' }

/** Which model answers, where it is from, what runs it and how long it took to load. */
export function renderModelLine(
  { manifest: { name, version }, runtime }: Pick<NodeDetector, 'manifest' | 'runtime'>,
  loadMs: number,
  { model = 'bundled', threads }: Pick<LoadingOptions, 'model' | 'threads'>,
  colors: Colors,
): string {
  const details = [
    model,
    RUNTIME_NAMES[runtime],
    threads === undefined ? undefined : `${threads} threads`,
    `loaded in ${formatSeconds(loadMs)}`,
  ]
  return `${colors.bold(`${name} ${version}`)}${colors.dim(` (${details.filter(Boolean).join(', ')})`)}\n`
}

function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`
}
