import type { FileReport } from 'turnwise'
import type { Colors } from '../app.js'
import { formatBytes } from './formatBytes.js'

/** A line for each file: whether it is what turnwise.json says, and if not, what is wrong. */
export function renderFileReports(files: readonly FileReport[], colors: Colors): string {
  const width = Math.max(0, ...files.map(({ name }) => name.length))
  return files.map((file) => renderFile(file, width, colors)).join('')
}

function renderFile({ name, sizeBytes, sha256, error }: FileReport, width: number, colors: Colors): string {
  if (error !== undefined) return `${colors.red('✗')} ${name.padEnd(width)}  ${error.code}: ${error.message}\n`
  return `${colors.green('✓')} ${name.padEnd(width)}  ${formatBytes(sizeBytes)}, SHA-256 ${sha256.slice(0, 16)}…\n`
}
