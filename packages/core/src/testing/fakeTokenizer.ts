import { MANIFEST_FORMAT_VERSION, MAX_TOKENS, type Manifest } from '../manifest.js'
import type { Tokenizer } from '../tokenizer.js'

/** Ids below are special tokens; that of a character is its code unit and this. */
const FIRST_CHARACTER = 16

/** A manifest to go with {@link createFakeTokenizer}: seven special tokens, no files. */
export const FAKE_MANIFEST: Manifest = {
  formatVersion: MANIFEST_FORMAT_VERSION,
  name: 'fake',
  version: '0.0.0',
  template: 'chatml',
  tokens: {
    messageStart: 1,
    messageEnd: 2,
    trigger: 3,
    actions: { start_speaking: 4, continue_listening: 5, start_listening: 6, continue_speaking: 7 },
  },
  maxTokens: MAX_TOKENS,
  onnx: { file: 'model.onnx', form: 'fused', layers: 1, keyValueHeads: 1, headSize: 1, logits: 'actions' },
  files: {},
  calibration: { temperature: 1 },
}

/** A tokenizer with one token a UTF-16 code unit. */
export function createFakeTokenizer(): Tokenizer {
  return {
    encode: (text) => Array.from({ length: text.length }, (_, index) => text.charCodeAt(index) + FIRST_CHARACTER),
  }
}
