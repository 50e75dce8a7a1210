import { ACTIONS } from '@turnwise/core'
import type { Manifest } from 'turnwise'
import type { Colors } from '../app.js'
import { formatBytes } from './formatBytes.js'

/** A file in a model's folder. */
export interface SizedFile {
  readonly name: string
  /** Undefined if it cannot be read. */
  readonly sizeBytes: number | undefined
}

/** What {@link renderModelFacts} shows. */
export interface ModelFacts {
  readonly path: string
  readonly manifest: Manifest
  readonly files: readonly SizedFile[]
}

const LABEL_WIDTH = 20
const KEYS_AND_VALUES = 2
const BYTES_PER_NUMBER = 4

/** A model's manifest for people. */
export function renderModelFacts({ path, manifest, files }: ModelFacts, colors: Colors): string {
  const { name, version, license, baseModel, onnx, tokens, maxTokens, template, calibration } = manifest
  const isDerived = Object.keys(manifest.files).length === 0
  const stateBytes = KEYS_AND_VALUES * onnx.layers * onnx.keyValueHeads * onnx.headSize * BYTES_PER_NUMBER
  const sections = [
    renderRows([
      ['folder', path],
      ['described by', isDerived ? 'config.json and tokenizer.json (no turnwise.json)' : 'turnwise.json'],
      ['licence', license],
      ['base model', baseModel],
      ['prompt', `${template}, ${maxTokens.toLocaleString('en-GB')} tokens at most`],
      ['graph', `${onnx.file}, ${onnx.form} form, logits of the ${onnx.logits}`],
      ['layers', `${onnx.layers}, each ${onnx.keyValueHeads} key/value heads of size ${onnx.headSize}`],
      ['state of a prefix', `${formatBytes(stateBytes)} a token`],
      ['temperature', String(calibration.temperature)],
    ]),
    `${colors.bold('Tokens')}\n${renderRows([
      ['message start', String(tokens.messageStart)],
      ['message end', String(tokens.messageEnd)],
      ['trigger', String(tokens.trigger)],
      ...ACTIONS.map((action) => [action, String(tokens.actions[action])] as const),
    ])}`,
    `${colors.bold('Files')}\n${renderRows([
      ...files.map(({ name, sizeBytes }) => [name, describeSize(sizeBytes)] as const),
      ['together', formatBytes(files.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0))],
    ])}`,
    ...(manifest.training === undefined
      ? []
      : [`${colors.bold('Training')}\n${indent(JSON.stringify(manifest.training, null, 2))}\n`]),
  ]
  return `${colors.bold(name)} ${version}\n${sections.join('\n')}`
}

function describeSize(sizeBytes: number | undefined): string {
  return sizeBytes === undefined ? 'cannot be read' : formatBytes(sizeBytes)
}

function renderRows(rows: readonly (readonly [string, string | undefined])[]): string {
  const known = rows.filter(([, value]) => value !== undefined)
  const width = Math.max(LABEL_WIDTH, ...known.map(([label]) => label.length + 2))
  return known.map(([label, value]) => `  ${label.padEnd(width)}${value}\n`).join('')
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ')
}
