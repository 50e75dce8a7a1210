import { ACTIONS } from './actions.js'
import type { CancelSignal } from './cancelSignal.js'
import { TurnwiseError } from './errors.js'

/**
 * The four logits of {@link ACTIONS}, in class order; then, of a model that has it, the logit of a yield: that among
 * people another would speak next.
 */
export type ActionLogits = readonly number[]

/**
 * A handle to the key/value state of a run of tokens. The runtime owns the memory, core decides how long it lives.
 * States never change: the same one may serve several requests, also at once.
 */
export interface PrefixState {
  /** The tokens it covers. Any number of the first of them can be used. */
  readonly tokenCount: number
  /** The memory it holds, in bytes, for budgets. */
  readonly sizeBytes: number
  /** Gives the memory back, once the requests that were already made with it are answered. May be called again. */
  release(): void
}

/** One row of work: tokens to run after a prefix that is already computed. */
export interface ModelRequest {
  /** The tokens to run, at least one, without those of the prefix. */
  readonly tokens: readonly number[]
  /** What comes before: the first `tokenCount` tokens (at least one) of a state. Rolling back is using fewer. */
  readonly prefix?: { readonly state: PrefixState; readonly tokenCount: number } | undefined
  /**
   * How many of the first tokens, prefix included, the answer's state must cover. 0, the default, asks for no state,
   * which is cheaper.
   */
  readonly keepTokens?: number
}

/** The answer to a {@link ModelRequest}. */
export interface ModelAnswer {
  /** After the last token. */
  readonly logits: ActionLogits
  /**
   * How many tokens were run for it: those of the request, or more where the prefix's state was dropped for want of
   * memory, or fewer where another state covered some of them.
   */
  readonly tokensRun: number
  /** Covers `keepTokens` tokens or more; the caller has to release it. Absent if none was asked for. */
  readonly state?: PrefixState
}

/**
 * A language model that runs somewhere: in this thread, in a pool of workers, in a browser. It only computes; core
 * decides which prefixes to keep and what to run together.
 */
export interface LanguageModel {
  /** The most requests worth running together. */
  readonly maxBatchSize: number
  /** The most tokens, padding included, worth running together. */
  readonly maxBatchTokens: number
  /**
   * Answers requests, in their order. Some may run as one batch, which where rows are padded needs those of like
   * length. No two rows of a batch see each other.
   *
   * @param signal drops the requests if they have not begun to run
   * @throws TurnwiseError MODEL_FAILED, ABORTED, OVERLOADED
   */
  run(requests: readonly ModelRequest[], signal?: CancelSignal): Promise<readonly ModelAnswer[]>
  /** Frees the model when the requests made so far are answered. May be called again. */
  close(): Promise<void>
}

/**
 * Runs one request.
 *
 * @throws TurnwiseError MODEL_FAILED if the runtime fails or its logits are not four or five finite numbers
 */
export async function runOne(model: LanguageModel, request: ModelRequest): Promise<ModelAnswer> {
  const [answer] = await runMany(model, [request])
  if (answer === undefined) throw new TurnwiseError('MODEL_FAILED', 'The model gave no answer.')
  return answer
}

/** As {@link LanguageModel.run}, with the answers checked. */
export async function runMany(
  model: LanguageModel,
  requests: readonly ModelRequest[],
  signal?: CancelSignal,
): Promise<readonly ModelAnswer[]> {
  const answers = await model.run(requests, signal)
  if (answers.length !== requests.length) {
    const problem = `The model gave ${answers.length} answers to ${requests.length} requests.`
    throw new TurnwiseError('MODEL_FAILED', problem, { value: answers.length })
  }
  const isWhole = (logits: ActionLogits) => logits.length === ACTIONS.length || logits.length === ACTIONS.length + 1
  const broken = answers.find(({ logits }) => !isWhole(logits) || !logits.every(Number.isFinite))
  if (broken !== undefined) {
    for (const { state } of answers) state?.release()
    const problem = `The logits of the actions are ${broken.logits.join(', ')}, expected four finite numbers, or five.`
    throw new TurnwiseError('MODEL_FAILED', problem, { value: broken.logits })
  }
  return answers
}
