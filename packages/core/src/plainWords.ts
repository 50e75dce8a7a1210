import { splitWords } from './strip.js'

const EDGE_PUNCTUATION = '.,?!;:…"“”()'
const DASHES = /[—–]/g

/**
 * A user's words as every recogniser can write them: apart by one space, without punctuation at their ends. What is
 * nothing but punctuation stays as it is.
 *
 * Recognisers differ in punctuation, and put full stops after pauses. A partial transcript that is punctuated anew also
 * keeps what was computed for it. Case stays: it tells names and beginnings.
 * `training/turnwise_training/plain_words.py` does exactly the same.
 */
export function plainWords(text: string): string {
  const words = splitWords(text.replace(DASHES, ' '))
  const plain = words.map(stripPunctuation).filter((word) => word !== '')
  return plain.length > 0 ? plain.join(' ') : text
}

/** By hand: a regular expression takes quadratic time on a long row of dots inside a word. */
function stripPunctuation(word: string): string {
  let start = 0
  let end = word.length
  while (start < end && isPunctuation(word, start)) start += 1
  while (end > start && isPunctuation(word, end - 1)) end -= 1
  return word.slice(start, end)
}

function isPunctuation(word: string, index: number): boolean {
  return EDGE_PUNCTUATION.includes(word.charAt(index))
}
