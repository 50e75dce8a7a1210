import { TurnwiseError } from '../errors.js'
import type { ActionLogits, LanguageModel, ModelAnswer, ModelRequest, PrefixState } from '../model.js'

/** Options of {@link createFakeModel}. */
export interface FakeModelOptions {
  /** The answer to a whole prompt; by default four numbers that differ for any two prompts. */
  readonly logits?: (prompt: readonly number[]) => ActionLogits
  readonly maxBatchSize?: number
  readonly maxBatchTokens?: number
}

/** A language model without weights that counts what it does. */
export interface FakeModel extends LanguageModel {
  /** Tokens run so far, padding not included. */
  readonly tokensRun: number
  /** The sizes of the batches run so far. */
  readonly batchSizes: readonly number[]
  /** States that were given out and not released. */
  readonly openStates: number
  readonly isClosed: boolean
}

/** The bytes that the fake claims a token's state takes. */
const STATE_BYTES_PER_TOKEN = 100

/**
 * A fake that answers as a real model would: from the prefix's state and the new tokens only, so that a wrong prefix
 * gives a wrong answer. It fails on requests that no runtime could serve.
 */
export function createFakeModel(options: FakeModelOptions = {}): FakeModel {
  const { logits = hashLogits, maxBatchSize = 8, maxBatchTokens = 2048 } = options
  const tokensOf = new WeakMap<PrefixState, readonly number[]>()
  const batchSizes: number[] = []
  let tokensRun = 0
  let openStates = 0
  let isClosed = false

  function createState(tokens: readonly number[]): PrefixState {
    let released = false
    const state: PrefixState = {
      tokenCount: tokens.length,
      sizeBytes: tokens.length * STATE_BYTES_PER_TOKEN,
      release() {
        if (!released) openStates -= 1
        released = true
        tokensOf.delete(state)
      },
    }
    openStates += 1
    tokensOf.set(state, tokens)
    return state
  }

  function answer({ tokens, prefix, keepTokens = 0 }: ModelRequest): ModelAnswer {
    const before = prefix === undefined ? [] : readPrefix(prefix)
    const all = [...before, ...tokens]
    if (tokens.length === 0) throw failure('A request has no tokens.')
    if (keepTokens > all.length) throw failure(`A request keeps ${keepTokens} of ${all.length} tokens.`)
    tokensRun += tokens.length
    const state = keepTokens > 0 ? { state: createState(all.slice(0, keepTokens)) } : {}
    return { logits: logits(all), tokensRun: tokens.length, ...state }
  }

  function readPrefix({ state, tokenCount }: NonNullable<ModelRequest['prefix']>): readonly number[] {
    const tokens = tokensOf.get(state)
    if (tokens === undefined) throw failure('A request uses a state that was released.')
    if (tokenCount < 1 || tokenCount > tokens.length) {
      throw failure(`A request uses ${tokenCount} tokens of a state of ${tokens.length}.`)
    }
    return tokens.slice(0, tokenCount)
  }

  return {
    maxBatchSize,
    maxBatchTokens,
    get tokensRun() {
      return tokensRun
    },
    get batchSizes() {
      return batchSizes
    },
    get openStates() {
      return openStates
    },
    get isClosed() {
      return isClosed
    },
    async run(requests) {
      if (isClosed) throw failure('The model is closed.')
      batchSizes.push(requests.length)
      return requests.map(answer)
    },
    async close() {
      isClosed = true
    },
  }
}

function failure(problem: string): TurnwiseError {
  return new TurnwiseError('MODEL_FAILED', problem)
}

/** Four numbers between -4 and 4 from a hash of the prompt. */
function hashLogits(prompt: readonly number[]): ActionLogits {
  let hash = 0x811c9dc5
  for (const token of prompt) hash = Math.imul(hash ^ token, 0x01000193) >>> 0
  return [0, 8, 16, 24].map((shift) => ((hash >>> shift) & 0xff) / 32 - 4)
}
