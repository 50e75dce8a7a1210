import { byteAlphabet, utf8Bytes } from './bytes.js'
import { TurnwiseError } from './errors.js'

/** The `model` section of a byte-level BPE tokenizer.json, as far as it is used here. */
export interface BytePairModel {
  /** Token → id. */
  readonly vocab: Readonly<Record<string, unknown>>
  /** Pairs, best first: `["Ġ", "t"]` in new files, `"Ġ t"` in old ones. */
  readonly merges: readonly unknown[]
  readonly unk_token?: string | null
  readonly ignore_merges?: boolean
}

/** Turns a word (a pre-token) into token ids. */
export type BytePairEncoder = (word: string) => readonly number[]

/** Words remembered with their ids; calls repeat most of their words. */
const REMEMBERED_WORDS = 20_000
/** Longer words are not remembered: they are noise. */
const REMEMBERED_LENGTH = 64
/** Ids stay below this, so that a pair of them, and a rank with a place, fit a number exactly. */
const RADIX = 2 ** 24

/**
 * Byte-level byte-pair encoding on ids. Same results as the `tokenizers` library in Python, at a fraction of the
 * time that @huggingface/tokenizers takes, which joins and looks up strings at every merge.
 *
 * @throws TurnwiseError INVALID_TOKENIZER if a merge names an unknown token
 */
export function createBytePairEncoder(model: BytePairModel): BytePairEncoder {
  const idOf = (token: string): number | undefined => {
    const id = model.vocab[token]
    // Not for inherited names, such as "constructor".
    return typeof id === 'number' ? id : undefined
  }
  const merges = readMerges(model, idOf)
  const alphabet = byteAlphabet()
  const unknown = typeof model.unk_token === 'string' ? idOf(model.unk_token) : undefined
  const idOfByte = alphabet.map((character) => idOf(character) ?? unknown)
  const remembered = new Map<string, readonly number[]>()

  function encode(word: string): readonly number[] {
    const bytes = utf8Bytes(word)
    if (model.ignore_merges === true) {
      const whole = idOf(bytes.map((byte) => alphabet[byte]).join(''))
      if (whole !== undefined) return [whole]
    }
    // A byte that the vocabulary lacks is dropped when there is no token for the unknown, as in Python.
    const symbols = bytes.map((byte) => idOfByte[byte]).filter((id) => id !== undefined)
    return mergeSymbols(symbols, merges)
  }

  return (word) => {
    const known = remembered.get(word)
    if (known !== undefined) return known
    const ids = encode(word)
    if (word.length <= REMEMBERED_LENGTH) {
      if (remembered.size >= REMEMBERED_WORDS) remembered.clear()
      remembered.set(flatCopy(word), ids)
    }
    return ids
  }
}

/**
 * The same text in memory of its own. A word is cut from a text, and V8 keeps the whole of that alive for a part of it:
 * remembered words would hold every transcript that was ever encoded.
 */
function flatCopy(word: string): string {
  return word.split('').join('')
}

interface Merges {
  /** left id × RADIX + right id → rank. */
  readonly ranks: ReadonlyMap<number, number>
  /** rank → id of the merged token. */
  readonly merged: readonly number[]
}

function readMerges(model: BytePairModel, idOf: (token: string) => number | undefined): Merges {
  const ranks = new Map<number, number>()
  const merged: number[] = []
  for (const [rank, merge] of model.merges.entries()) {
    const [left = '', right = ''] = splitMerge(merge)
    const leftId = idOf(left)
    const rightId = idOf(right)
    const mergedId = idOf(left + right)
    if (leftId === undefined || rightId === undefined || mergedId === undefined) {
      const problem = `Merge ${rank} of tokenizer.json is no pair of known tokens.`
      throw new TurnwiseError('INVALID_TOKENIZER', problem, { value: rank })
    }
    merged.push(mergedId)
    const pair = leftId * RADIX + rightId
    if (!ranks.has(pair)) ranks.set(pair, rank)
  }
  return { ranks, merged }
}

function splitMerge(merge: unknown): string[] {
  const parts: unknown[] = typeof merge === 'string' ? merge.split(' ') : Array.isArray(merge) ? merge : []
  return parts.length === 2 && parts.every((part) => typeof part === 'string') ? parts : []
}

/** Merges the best-ranked pair, the leftmost first, until no pair has a rank. */
function mergeSymbols(symbols: number[], { ranks, merged }: Merges): number[] {
  const count = symbols.length
  // A linked list over the places; a symbol merged into its left neighbour is -1.
  const next = Array.from(symbols, (_, place) => place + 1)
  const previous = Array.from(symbols, (_, place) => place - 1)
  const heap: number[] = []

  function rankAt(place: number): number | undefined {
    const following = next[place] ?? count
    if (place < 0 || following >= count) return undefined
    return ranks.get((symbols[place] ?? -1) * RADIX + (symbols[following] ?? -1))
  }
  function offer(place: number): void {
    const rank = rankAt(place)
    if (rank !== undefined) pushHeap(heap, rank * RADIX + place)
  }

  for (let place = 0; place + 1 < count; place += 1) offer(place)
  for (let best = popHeap(heap); best !== undefined; best = popHeap(heap)) {
    const place = best % RADIX
    const rank = Math.floor(best / RADIX)
    // The pair may be gone since it was offered.
    if (symbols[place] === -1 || rankAt(place) !== rank) continue
    const following = next[place] ?? count
    const after = next[following] ?? count
    symbols[place] = merged[rank] ?? -1
    symbols[following] = -1
    next[place] = after
    if (after < count) previous[after] = place
    offer(previous[place] ?? -1)
    offer(place)
  }
  return symbols.filter((symbol) => symbol !== -1)
}

/** Adds to a binary heap, least first. */
function pushHeap(heap: number[], value: number): void {
  let child = heap.length
  heap.push(value)
  while (child > 0) {
    const parent = (child - 1) >> 1
    const above = heap[parent] ?? 0
    if (above <= value) break
    heap[child] = above
    child = parent
  }
  heap[child] = value
}

/** Takes the least value from a binary heap. */
function popHeap(heap: number[]): number | undefined {
  const least = heap[0]
  const value = heap.pop()
  const count = heap.length
  if (value === undefined || count === 0) return least
  let parent = 0
  for (let child = 1; child < count; child = 2 * parent + 1) {
    const right = heap[child + 1]
    if (right !== undefined && right < (heap[child] ?? 0)) child += 1
    const below = heap[child] ?? 0
    if (value <= below) break
    heap[parent] = below
    parent = child
  }
  heap[parent] = value
  return least
}
