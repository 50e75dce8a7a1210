import { type ActionLogits, type LanguageModel, type PrefixState, runOne } from './model.js'

/** An answer that may have used what was computed before. */
export interface CachedAnswer {
  readonly logits: ActionLogits
  /** How many tokens the model ran for it. */
  readonly tokensRun: number
}

/** Answers prompts of one conversation, and never runs their common beginning twice. */
export interface PrefixCache {
  /**
   * The answer to a prompt, equal to that of a full run. Calls must not overlap.
   *
   * @throws TurnwiseError MODEL_FAILED; the cache stays as it was
   */
  answer(prompt: readonly number[]): Promise<CachedAnswer>
  /** Releases what is kept. The cache can still be used. */
  clear(): void
}

/**
 * A cache of one prefix: the last prompt without its trigger. The next prompt runs only what follows the common
 * beginning of the two; the trigger is always run again, since the words that come next take its place.
 *
 * @param triggerLength how many tokens at the end of every prompt are the trigger
 */
export function createPrefixCache(model: LanguageModel, triggerLength: number): PrefixCache {
  let keptTokens: readonly number[] = []
  let keptState: PrefixState | undefined

  return {
    async answer(prompt) {
      const stable = Math.max(prompt.length - triggerLength, 0)
      const shared = keptState === undefined ? 0 : commonPrefixLength(keptTokens, prompt, stable)
      const prefix = keptState !== undefined && shared > 0 ? { state: keptState, tokenCount: shared } : undefined
      const tokens = prompt.slice(shared)
      // If everything but the trigger is kept already, so it stays; it may even cover words that come back.
      const request = { tokens, prefix, keepTokens: shared === stable ? 0 : stable }
      const { logits, tokensRun, state } = await runOne(model, request)
      if (state !== undefined) {
        keptState?.release()
        keptState = state
        keptTokens = prompt.slice(0, stable)
      }
      return { logits, tokensRun }
    },
    clear() {
      keptState?.release()
      keptState = undefined
      keptTokens = []
    },
  }
}

/** How many tokens two prompts have in common at their beginning, `limit` at most. */
function commonPrefixLength(left: readonly number[], right: readonly number[], limit: number): number {
  const end = Math.min(left.length, right.length, limit)
  let length = 0
  while (length < end && left[length] === right[length]) length += 1
  return length
}
