import { type BytePairModel, createBytePairEncoder } from './bytePairEncoder.js'
import { describeValue, TurnwiseError } from './errors.js'
import { isRecord } from './json.js'
import { createPreTokenizer } from './preTokenizer.js'
import { createSpecialTokenCutter } from './specialTokens.js'

/** Turns text into token ids. */
export interface Tokenizer {
  /**
   * The ids of a text. Never the id of a special token: a special token's string in the text is encoded as the
   * characters it consists of.
   *
   * @param text well-formed Unicode
   */
  encode(text: string): number[]
}

/**
 * The tokenizer of a parsed tokenizer.json: byte-level BPE, as SmolLM2, GPT-2, Llama 3 and Qwen2 have it.
 *
 * @throws TurnwiseError INVALID_TOKENIZER, UNSUPPORTED_MODEL
 */
export function createTokenizer(tokenizerJson: unknown): Tokenizer {
  if (!isRecord(tokenizerJson)) throw invalid(`It is ${describeValue(tokenizerJson)}.`)
  const preTokenize = createPreTokenizer(tokenizerJson)
  const encodeWord = createBytePairEncoder(readModel(tokenizerJson.model))
  const cutSpecialTokens = createSpecialTokenCutter(readAddedTokens(tokenizerJson).map((token) => token.content))

  function encode(text: string): number[] {
    const ids: number[] = []
    for (const piece of cutSpecialTokens(text)) {
      for (const word of preTokenize(piece)) {
        // One by one: as arguments, the tokens of a very long word overflow the stack.
        for (const id of encodeWord(word)) ids.push(id)
      }
    }
    return ids
  }

  if (encode('\n').length === 0) throw invalid('Its model does not know a newline.')
  return { encode }
}

/** An entry of `added_tokens` in tokenizer.json. */
export interface AddedToken {
  readonly id: number
  readonly content: string
}

/**
 * The added tokens of a parsed tokenizer.json.
 *
 * @throws TurnwiseError INVALID_TOKENIZER
 */
export function readAddedTokens(tokenizerJson: unknown): AddedToken[] {
  const added = isRecord(tokenizerJson) ? (tokenizerJson.added_tokens ?? []) : undefined
  if (!Array.isArray(added)) throw invalid('Its added_tokens are no array.')
  return added.map((token: unknown, index) => {
    const id = isRecord(token) ? token.id : undefined
    const content = isRecord(token) ? token.content : undefined
    if (
      typeof id !== 'number' ||
      !Number.isSafeInteger(id) ||
      id < 0 ||
      typeof content !== 'string' ||
      content === ''
    ) {
      throw invalid(`Its added token ${index} has no id or no content.`)
    }
    return { id, content }
  })
}

function readModel(model: unknown): BytePairModel {
  if (!isRecord(model)) throw invalid('It has no model.')
  const { type, vocab, merges, unk_token: unknown = null } = model as Record<string, unknown>
  if (type !== 'BPE' && type !== undefined) throw unsupported(`its model is ${describeValue(type)}, not "BPE"`)
  for (const option of ['continuing_subword_prefix', 'end_of_word_suffix', 'dropout', 'byte_fallback']) {
    // Absent, null, false, 0 and '' all say: not used.
    if (model[option]) throw unsupported(`its model uses ${option}`)
  }
  if (!isRecord(vocab)) throw invalid('Its model has no vocab.')
  if (!Array.isArray(merges)) throw invalid('Its model has no merges.')
  if (unknown !== null && typeof unknown !== 'string') throw invalid('Its unk_token is no string.')
  return {
    vocab,
    merges,
    unk_token: unknown,
    ignore_merges: model.ignore_merges === true,
  }
}

function invalid(problem: string): TurnwiseError {
  return new TurnwiseError('INVALID_TOKENIZER', `tokenizer.json cannot be used. ${problem}`)
}

function unsupported(reason: string): TurnwiseError {
  return new TurnwiseError('UNSUPPORTED_MODEL', `The tokenizer is not supported: ${reason}.`)
}
