import { ACTIONS, type Action } from './actions.js'
import { describeValue, TurnwiseError } from './errors.js'
import { JsonReader } from './jsonReader.js'
import { MANIFEST_FORMAT_VERSION, MAX_TOKENS, type Manifest, TEMPLATES } from './manifest.js'
import { readAddedTokens } from './tokenizer.js'

/** Where the published form keeps its graph. */
const PUBLISHED_ONNX_FILE = 'onnx/model_q8.onnx'

/**
 * Works out the manifest of a model of the published form, which has no turnwise.json.
 *
 * @param config a parsed config.json of a Llama- or Qwen2-shaped model
 * @param tokenizerJson a parsed tokenizer.json with the five added tokens
 * @throws TurnwiseError INVALID_MODEL_CONFIG, INVALID_TOKENIZER; UNSUPPORTED_MODEL if a token is missing
 */
export function deriveManifest(config: unknown, tokenizerJson: unknown): Manifest {
  const reader = new JsonReader('INVALID_MODEL_CONFIG', 'config.json', config)
  const ids = new Map(readAddedTokens(tokenizerJson).map((token) => [token.content, token.id]))
  const vocabularySize = reader.integer('vocab_size', 1)

  function token(content: string): number {
    const id = ids.get(content)
    if (id === undefined) {
      throw new TurnwiseError('UNSUPPORTED_MODEL', `tokenizer.json has no added token ${content}.`, { value: content })
    }
    if (id >= vocabularySize) {
      const problem = `The token ${content} has the id ${id}, beyond the vocab_size ${vocabularySize} of config.json.`
      throw new TurnwiseError('INVALID_MODEL_CONFIG', problem, { value: id })
    }
    return id
  }

  const actions = Object.fromEntries(ACTIONS.map((action) => [action, token(`<|${action}|>`)]))
  return {
    formatVersion: MANIFEST_FORMAT_VERSION,
    name: typeof reader.optional('model_type') === 'string' ? `unnamed-${reader.string('model_type')}` : 'unnamed',
    version: '0.0.0',
    template: reader.has('prompt_template')
      ? reader.choice('prompt_template', TEMPLATES, 'UNSUPPORTED_MODEL')
      : 'chatml',
    tokens: {
      messageStart: token('<|im_start|>'),
      messageEnd: token('<|im_end|>'),
      trigger: token('<|predict|>'),
      actions: actions as Record<Action, number>,
    },
    maxTokens: reader.has('max_position_embeddings')
      ? Math.min(MAX_TOKENS, reader.integer('max_position_embeddings', 8))
      : MAX_TOKENS,
    onnx: {
      file: PUBLISHED_ONNX_FILE,
      form: 'published',
      layers: reader.integer('num_hidden_layers', 1),
      keyValueHeads: readKeyValueHeads(reader),
      headSize: readHeadSize(reader),
      logits: 'vocabulary',
    },
    files: {},
    calibration: { temperature: 1 },
  }
}

function readKeyValueHeads(config: JsonReader): number {
  return config.integer(config.has('num_key_value_heads') ? 'num_key_value_heads' : 'num_attention_heads', 1)
}

function readHeadSize(config: JsonReader): number {
  // Some configurations state head_dim as null.
  if (config.has('head_dim') && config.optional('head_dim') !== null) return config.integer('head_dim', 1)
  const headSize = config.integer('hidden_size', 1) / config.integer('num_attention_heads', 1)
  if (!Number.isInteger(headSize)) {
    throw config.error('hidden_size', `a multiple of num_attention_heads, got ${describeValue(headSize)} a head`)
  }
  return headSize
}
