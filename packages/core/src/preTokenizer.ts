import { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers'
import { describeValue, TurnwiseError } from './errors.js'
import { isRecord } from './json.js'

/** Cuts a text into the words within which tokens are formed, after normalising it. */
export type PreTokenizer = (text: string) => string[]

/** The words of GPT-2, as byte-level pre-tokenizers cut them. */
const GPT2_WORDS = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`

/**
 * The normaliser and the pre-tokenizer of a tokenizer.json, by @huggingface/tokenizers, which translates the
 * patterns of these files into JavaScript's.
 *
 * Two of the library's own steps differ from Python's and are replaced by `Split` steps, which do not: `Digits` sees
 * only ASCII digits (Python: every numeric character), and `ByteLevel` takes U+FEFF for white space and U+0085 not.
 * The mapping of bytes to characters is left to the byte-pair encoder.
 *
 * @throws TurnwiseError INVALID_TOKENIZER, UNSUPPORTED_MODEL
 */
export function createPreTokenizer(tokenizerJson: Readonly<Record<string, unknown>>): PreTokenizer {
  const steps = stepsOf(tokenizerJson.pre_tokenizer)
  const isByteLevel = steps.some((step) => step.type === 'ByteLevel')
  if (!isByteLevel) throw unsupported('its pre-tokenizer is not byte-level')
  const library = createLibraryTokenizer({
    normalizer: tokenizerJson.normalizer ?? null,
    pre_tokenizer: { type: 'Sequence', pretokenizers: steps.flatMap(portableStep) },
    model: { type: 'BPE', vocab: {}, merges: [] },
    post_processor: null,
    decoder: null,
    added_tokens: [],
  })
  const { normalizer, pre_tokenizer: preTokenizer } = library
  return (text) => {
    const normalised = normalizer === null ? text : normalizer.normalize(text)
    if (normalised === '') return []
    return preTokenizer === null ? [normalised] : preTokenizer.pre_tokenize(normalised)
  }
}

function stepsOf(preTokenizer: unknown): Record<string, unknown>[] {
  if (!isRecord(preTokenizer)) throw unsupported('it has no pre-tokenizer')
  if (preTokenizer.type !== 'Sequence') return [preTokenizer]
  const steps = preTokenizer.pretokenizers
  if (!Array.isArray(steps)) throw new TurnwiseError('INVALID_TOKENIZER', 'Its pre-tokenizer has no steps.')
  return steps.flatMap(stepsOf)
}

function portableStep(step: Record<string, unknown>): Record<string, unknown>[] {
  switch (step.type) {
    case 'Split':
      return [step]
    case 'Digits':
      return [split(step.individual_digits === true ? String.raw`\p{N}` : String.raw`\p{N}+`)]
    case 'ByteLevel':
      if (step.add_prefix_space === true) throw unsupported('its pre-tokenizer adds a space before each text')
      return step.use_regex === false ? [] : [split(GPT2_WORDS)]
    default:
      throw unsupported(`its pre-tokenizer has a step ${describeValue(step.type)}`)
  }
}

function split(pattern: string): Record<string, unknown> {
  return { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false }
}

function unsupported(reason: string): TurnwiseError {
  return new TurnwiseError('UNSUPPORTED_MODEL', `The tokenizer is not supported: ${reason}.`)
}

function createLibraryTokenizer(json: object): LibraryTokenizer {
  try {
    return new LibraryTokenizer(json, {})
  } catch (cause) {
    throw new TurnwiseError('INVALID_TOKENIZER', 'The normaliser or pre-tokenizer of tokenizer.json is broken.', {
      cause,
    })
  }
}
