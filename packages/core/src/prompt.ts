import { lengthAskedBefore } from './askedLength.js'
import { countedWords } from './dictation.js'
import type { Template } from './manifest.js'
import type { Message } from './messages.js'
import { plainWords } from './plainWords.js'
import { spokenWords } from './spokenWords.js'
import { isSpace, strip } from './strip.js'
import type { Tokenizer } from './tokenizer.js'

/** Turns a conversation into the tokens that ask for an action. */
export interface PromptEncoder {
  /** The tokens that end every prompt: `<|im_end|>`, a newline, `<|predict|>`. */
  readonly triggerTokens: readonly number[]
  /** The most tokens that a prompt has. */
  readonly maxTokens: number
  /** How many tokens the message at an index takes; of a text too long for a prompt, at least as many as fit. */
  count(messages: readonly Message[], index: number): number
  /**
   * The tokens of checked messages, ChatML and the trigger, cut on the left to `maxTokens`:
   * `<|im_start|>{role}\n{text}<|im_end|>\n` for each message, then `<|predict|>`. The template says how a user's text
   * is written.
   */
  encode(messages: readonly Message[]): number[]
}

/** A message as it was when it was encoded. */
interface EncodedMessage extends Message {
  readonly tokens: readonly number[]
  /** How many letters and digits the agent had asked for, where the template tells. */
  readonly asked: number | undefined
}

/** The special tokens of a prompt, from the manifest. */
export interface PromptTokens {
  readonly messageStart: number
  readonly messageEnd: number
  readonly trigger: number
}

/** A user's words as each template writes them, after an agent that `asked` for so many letters and digits. */
const WRITTEN: Readonly<Record<Template, (text: string, asked: number | undefined) => string>> = {
  chatml: (text) => text,
  'chatml-plain-words': plainWords,
  'chatml-spoken-words': spokenWords,
  'chatml-counted-words': (text) => countedWords(text),
  'chatml-asked-counts': countedWords,
}
/** First guess at how much text the tokens that count can take: twice what English needs. */
const CHARACTERS_PER_TOKEN = 8
/** As much text as fills a prompt whatever is said: no words have so long tokens throughout. */
const ENOUGH_PER_TOKEN = 16
/** Tokens encoded beyond the limit where a text is cut inside a word: those at the cut may differ. */
const SPARE_TOKENS = 64
/** How far from the wanted place a text may be cut, to cut before a word. */
const CUT_WINDOW = 256

/** A prompt encoder. Only tokens within `maxTokens` of the end are computed, however long the conversation is. */
export function createPromptEncoder(
  tokenizer: Tokenizer,
  tokens: PromptTokens,
  maxTokens: number,
  template: Template,
): PromptEncoder {
  const newline = tokenizer.encode('\n')
  /** A session asks about the same messages with each word; what a caller has changed in them meanwhile is seen. */
  const encoded = new WeakMap<Message, EncodedMessage>()

  function encodeMessage(messages: readonly Message[], index: number): readonly number[] {
    const message = messages[index]
    if (message === undefined) return []
    const { role, content } = message
    const asked = role === 'user' && template === 'chatml-asked-counts' ? lengthAskedBefore(messages, index) : undefined
    const known = encoded.get(message)
    if (known?.role === role && known.content === content && known.asked === asked) return known.tokens
    const words = role === 'user' ? WRITTEN[template](content, asked) : content
    const text = encodeEnd(tokenizer, `${role}\n${strip(words)}`, maxTokens)
    const own = [tokens.messageStart, ...text, tokens.messageEnd, ...newline]
    encoded.set(message, { role, content, asked, tokens: own })
    return own
  }

  return {
    triggerTokens: [tokens.messageEnd, ...newline, tokens.trigger],
    maxTokens,
    count: (messages, index) => encodeMessage(messages, index).length,
    encode(messages) {
      const parts: (readonly number[])[] = []
      let count = 1
      for (let index = messages.length - 1; index >= 0 && count < maxTokens; index -= 1) {
        const part = encodeMessage(messages, index)
        parts.push(part)
        count += part.length
      }
      const ids = parts.reverse().flat()
      ids.push(tokens.trigger)
      return truncateLeft(ids, maxTokens)
    },
  }
}

/** The last `maxTokens` tokens. */
function truncateLeft(tokens: number[], maxTokens: number): number[] {
  return tokens.length > maxTokens ? tokens.slice(-maxTokens) : tokens
}

/** The tokens of a text, or at least its last `maxTokens` if the text is long: the rest would be cut away. */
function encodeEnd(tokenizer: Tokenizer, text: string, maxTokens: number): number[] {
  for (let length = maxTokens * CHARACTERS_PER_TOKEN; length < text.length; length *= 4) {
    const ids = tokenizer.encode(text.slice(wordStart(text, text.length - length)))
    if (ids.length >= maxTokens + SPARE_TOKENS) return ids
  }
  return tokenizer.encode(text)
}

/**
 * The end of a text, from a word's start where there is one: a prompt holds no more of what was said, whatever words
 * follow.
 */
export function endOf(text: string, maxTokens: number): string {
  const start = text.length - maxTokens * ENOUGH_PER_TOKEN
  return start > 0 ? text.slice(wordStart(text, start)).trimStart() : text
}

/** A place near `place` where a word begins with the space before it; else `place`, but never inside a character. */
function wordStart(text: string, place: number): number {
  for (let start = place; start > place - CUT_WINDOW && start > 0; start -= 1) {
    const isSingleSpace = text[start] === ' ' && !isSpace(text.charCodeAt(start - 1))
    if (isSingleSpace && /^ \p{L}/u.test(text.slice(start, start + 3))) return start
  }
  const unit = text.charCodeAt(place)
  return unit >= 0xdc00 && unit <= 0xdfff ? place - 1 : place
}
