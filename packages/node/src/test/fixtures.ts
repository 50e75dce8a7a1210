import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Message } from '@turnwise/core'

/** A row of an `expected.json`. */
export interface ExpectedRow {
  readonly messages: readonly Message[]
  readonly tokenIds: readonly number[]
  /** In class order. */
  readonly logits: readonly number[]
}

/** The folders of the tiny random models. */
export const TINY_MODELS = ['fused', 'published', 'qwen2'] as const

/** The path of a tiny random model; `int8` has weights beside its graph, and no `expected.json`. */
export function tinyModel(name: (typeof TINY_MODELS)[number] | 'int8'): string {
  return fileURLToPath(new URL(`../../../../fixtures/tiny/${name}`, import.meta.url))
}

/** What Python computed with a tiny model. */
export function expectedRows(name: (typeof TINY_MODELS)[number]): ExpectedRow[] {
  return JSON.parse(readFileSync(`${tinyModel(name)}/expected.json`, 'utf8'))
}
