import { describe, expect, test } from 'vitest'
import { deriveManifest } from './deriveManifest.js'
import { parseManifest } from './manifest.js'
import { caught } from './test/caught.js'
import { readRepositoryJson } from './test/files.js'

type Json = Record<string, unknown>

const manifestJson = readRepositoryJson('fixtures/tiny/fused/turnwise.json') as Json
const splitJson = readRepositoryJson('fixtures/tiny/int8/turnwise.json') as Json

/** The manifest with one value changed, by its path. `undefined` removes it. */
function changed(path: string, value: unknown, json = manifestJson): Json {
  const copy = structuredClone(json)
  const keys = path.split('/')
  const last = keys.pop() ?? ''
  const parent = keys.reduce((json, key) => json[key] as Json, copy)
  if (value === undefined) delete parent[last]
  else parent[last] = value
  return copy
}

describe('parseManifest', () => {
  test('reads what the export wrote', () => {
    const manifest = parseManifest(manifestJson)
    expect(manifest).toMatchObject({ formatVersion: 1, name: 'turnwise-tiny', template: 'chatml', maxTokens: 1024 })
    expect(manifest.onnx).toEqual(manifestJson.onnx)
    expect(manifest.tokens).toEqual(manifestJson.tokens)
    expect(manifest.files).toEqual(manifestJson.files)
    expect(manifest.baseModel).toBe(manifestJson.baseModel ?? undefined)
  })

  test('reads which files hold weights beside the graph', () => {
    expect(parseManifest(splitJson).onnx).toEqual(splitJson.onnx)
    expect(parseManifest(splitJson).onnx.dataFiles).toEqual(['embeddings.bin'])
    expect('dataFiles' in parseManifest(manifestJson).onnx).toBe(false)
    expect('dataFiles' in parseManifest(changed('onnx/dataFiles', null)).onnx).toBe(false)
  })

  test.each([
    ['onnx/dataFiles', 'embeddings.bin'],
    ['onnx/dataFiles', [1]],
    ['onnx/dataFiles', ['']],
    ['onnx/dataFiles', ['../embeddings.bin']],
    ['onnx/dataFiles', ['/embeddings.bin']],
    ['onnx/dataFiles', ['embeddings.bin', 'not-among-the-files.bin']],
    ['files/embeddings.bin', undefined],
  ])('%s = %j, of a graph with weights beside it: INVALID_MANIFEST', (path, value) => {
    expect(caught(() => parseManifest(changed(path, value, splitJson))).code).toBe('INVALID_MANIFEST')
  })

  test('leaves out what is not said, and keeps what it does not know out', () => {
    expect('training' in parseManifest(changed('training', undefined))).toBe(false)
    expect('more' in parseManifest(changed('more', 1))).toBe(false)
  })

  test.each<[string, unknown, string]>([
    ['formatVersion', undefined, 'INVALID_MANIFEST'],
    ['formatVersion', 2, 'UNSUPPORTED_MODEL'],
    ['name', '', 'INVALID_MANIFEST'],
    ['template', 'alpaca', 'UNSUPPORTED_MODEL'],
    ['tokens', undefined, 'INVALID_MANIFEST'],
    ['tokens/trigger', -1, 'INVALID_MANIFEST'],
    ['tokens/actions/start_speaking', '4', 'INVALID_MANIFEST'],
    ['tokens/actions/continue_speaking', undefined, 'INVALID_MANIFEST'],
    ['tokens/yielded', -1, 'INVALID_MANIFEST'],
    ['maxTokens', 1.5, 'INVALID_MANIFEST'],
    ['onnx', [], 'INVALID_MANIFEST'],
    ['onnx/form', 'frozen', 'UNSUPPORTED_MODEL'],
    ['onnx/logits', 'maybe', 'UNSUPPORTED_MODEL'],
    ['onnx/layers', 0, 'INVALID_MANIFEST'],
    ['onnx/file', '../../etc/model.onnx', 'INVALID_MANIFEST'],
    ['onnx/file', '/model.onnx', 'INVALID_MANIFEST'],
    ['onnx/file', 'C:\\model.onnx', 'INVALID_MANIFEST'],
    ['files', undefined, 'INVALID_MANIFEST'],
    ['files', {}, 'INVALID_MANIFEST'],
    ['files/model.onnx', undefined, 'INVALID_MANIFEST'],
    ['files/tokenizer.json', undefined, 'INVALID_MANIFEST'],
    ['files/model.onnx/sha256', 'ABC', 'INVALID_MANIFEST'],
    ['files/model.onnx/sizeBytes', 'large', 'INVALID_MANIFEST'],
    ['files/..', { sha256: '0'.repeat(64), sizeBytes: 1 }, 'INVALID_MANIFEST'],
    ['calibration/temperature', 0, 'INVALID_MANIFEST'],
    ['calibration/temperature', '1', 'INVALID_MANIFEST'],
  ])('%s = %j: %s', (path, value, code) => {
    expect(caught(() => parseManifest(changed(path, value))).code).toBe(code)
  })

  test('names what is wrong by its path', () => {
    const { message } = caught(() => parseManifest(changed('onnx/layers', 'many')))
    expect(message).toContain('onnx.layers in turnwise.json is "many", expected a whole number from 1.')
    expect(caught(() => parseManifest([])).message).toContain('turnwise.json is an array of 0, expected an object.')
  })
})

describe('deriveManifest', () => {
  const config = readRepositoryJson('fixtures/tiny/qwen2/config.json') as Json
  const tokenizerJson = readRepositoryJson('fixtures/tiny/qwen2/tokenizer.json') as Json

  test('finds in the published form what turnwise.json says of the shipped form', () => {
    const shipped = parseManifest(manifestJson)
    const derived = deriveManifest(
      readRepositoryJson('fixtures/tiny/published/config.json'),
      readRepositoryJson('fixtures/tiny/published/tokenizer.json'),
    )
    // Which models were taught to tell of yields, the published form does not say.
    expect({ ...derived.tokens, yielded: shipped.tokens.yielded }).toEqual(shipped.tokens)
    expect(derived.onnx).toEqual({
      ...shipped.onnx,
      file: 'onnx/model_q8.onnx',
      form: 'published',
      logits: 'vocabulary',
    })
    expect(derived).toMatchObject({ maxTokens: 1024, files: {}, calibration: { temperature: 1 } })
  })

  test('works with the configuration of a Qwen2.5-0.5B', () => {
    const shape = { num_hidden_layers: 24, num_key_value_heads: 2, num_attention_heads: 14, hidden_size: 896 }
    const qwen = { model_type: 'qwen2', vocab_size: 151_670, max_position_embeddings: 32_768, ...shape }
    const { onnx, maxTokens } = deriveManifest(qwen, tokenizerJson)
    expect(onnx).toMatchObject({ layers: 24, keyValueHeads: 2, headSize: 64 })
    expect(maxTokens).toBe(1024)
    expect(deriveManifest({ ...qwen, head_dim: null }, tokenizerJson).onnx.headSize).toBe(64)
    expect(deriveManifest({ ...qwen, num_key_value_heads: undefined }, tokenizerJson).onnx.keyValueHeads).toBe(14)
    expect(deriveManifest({ ...qwen, max_position_embeddings: 512 }, tokenizerJson).maxTokens).toBe(512)
  })

  test.each<[string, unknown, unknown, string]>([
    ['no configuration', null, tokenizerJson, 'INVALID_MODEL_CONFIG'],
    ['no layers', { ...config, num_hidden_layers: undefined }, tokenizerJson, 'INVALID_MODEL_CONFIG'],
    [
      'a head of half a number',
      { ...config, head_dim: undefined, hidden_size: 33 },
      tokenizerJson,
      'INVALID_MODEL_CONFIG',
    ],
    ['too small a vocabulary', { ...config, vocab_size: 10 }, tokenizerJson, 'INVALID_MODEL_CONFIG'],
    ['no tokenizer', config, null, 'INVALID_TOKENIZER'],
    ['no added tokens', config, { ...tokenizerJson, added_tokens: [] }, 'UNSUPPORTED_MODEL'],
  ])('%s', (_, configJson, tokenizer, code) => {
    expect(caught(() => deriveManifest(configJson, tokenizer)).code).toBe(code)
  })
})
