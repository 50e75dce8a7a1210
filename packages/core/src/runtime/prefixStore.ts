import type { StatePart } from './graphMessages.js'

/** What is known of the key/value states of a graph: their tokens, their size and when they were last used. */
export interface PrefixStore {
  /** Of all states together, never more than the limit. */
  readonly sizeBytes: number
  /** Adds a state as the one used last. Those used longest ago are dropped until all fit, itself if it is too large. */
  add(id: number, tokens: readonly number[], sizeBytes: number): void
  /**
   * The state that covers most of the beginning of a prompt, whosever it is: states never change, so that conversations
   * with the same system prompt and greeting can share them. At least one token is left to run. Counts as a use.
   */
  find(prompt: readonly number[]): StatePart | undefined
  /** Drops a state; none with this number is fine. */
  drop(id: number): void
}

interface StoredPrefix {
  readonly tokens: readonly number[]
  readonly sizeBytes: number
}

/**
 * A store of least recently used states.
 *
 * @param maxBytes of all states together
 * @param onDrop called with each state that leaves the store
 */
export function createPrefixStore(maxBytes: number, onDrop: (id: number, sizeBytes: number) => void): PrefixStore {
  /** In the order of their last use. */
  const prefixes = new Map<number, StoredPrefix>()
  let storedBytes = 0

  function drop(id: number): void {
    const prefix = prefixes.get(id)
    if (prefix === undefined) return
    prefixes.delete(id)
    storedBytes -= prefix.sizeBytes
    onDrop(id, prefix.sizeBytes)
  }

  function use(id: number): void {
    const prefix = prefixes.get(id)
    if (prefix === undefined) return
    prefixes.delete(id)
    prefixes.set(id, prefix)
  }

  return {
    get sizeBytes() {
      return storedBytes
    },
    add(id, tokens, sizeBytes) {
      prefixes.set(id, { tokens, sizeBytes })
      storedBytes += sizeBytes
      for (const oldest of prefixes.keys()) {
        if (storedBytes <= maxBytes) break
        drop(oldest)
      }
    },
    find(prompt) {
      let best: StatePart | undefined
      // One comparison for each state that cannot cover more: a thousand cost less than a single token of the model.
      for (const [id, { tokens }] of prefixes) {
        const needed = best === undefined ? 0 : best.tokenCount - 1
        if (tokens[needed] !== prompt[needed]) continue
        const tokenCount = commonLength(tokens, prompt)
        if (tokenCount > 0 && tokenCount >= (best?.tokenCount ?? 0)) best = { id, tokenCount }
      }
      if (best !== undefined) use(best.id)
      return best
    },
    drop,
  }
}

/** How many tokens the two have in common at their beginning, without the last of the prompt. */
function commonLength(tokens: readonly number[], prompt: readonly number[]): number {
  const end = Math.min(tokens.length, prompt.length - 1)
  let length = 0
  while (length < end && tokens[length] === prompt[length]) length += 1
  return length
}
