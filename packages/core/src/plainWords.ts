import { splitWords } from './strip.js'

const EDGES = /^[.,?!;:…"“”()]+|[.,?!;:…"“”()]+$/g
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
  const plain = words.map((word) => word.replace(EDGES, '')).filter((word) => word !== '')
  return plain.length > 0 ? plain.join(' ') : text
}
