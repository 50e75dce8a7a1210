import { planBatches } from './batches.js'
import { type CancelSignal, throwIfAborted } from './cancelSignal.js'
import { createSession } from './createSession.js'
import { type Decision, decide } from './decision.js'
import { TurnwiseError } from './errors.js'
import { isRecord } from './json.js'
import type { Manifest } from './manifest.js'
import { type Message, validateConversation } from './messages.js'
import { type LanguageModel, runMany } from './model.js'
import { createPromptEncoder } from './prompt.js'
import type { SavedSession } from './savedSession.js'
import type { Session, SessionOptions } from './session.js'
import type { Tokenizer } from './tokenizer.js'
import { validateFlag, validateOptions } from './validateOptions.js'

/** Options of {@link Detector.predict}. */
export interface PredictOptions {
  /** Whether the agent speaks now: restricts the action to the pair that fits. Default: all four are possible. */
  readonly agentSpeaking?: boolean | undefined
  readonly signal?: CancelSignal | undefined
}

/** A conversation of {@link Detector.predictMany}. */
export interface PredictRequest {
  readonly messages: readonly Message[]
  /** As in {@link PredictOptions}. */
  readonly agentSpeaking?: boolean | undefined
}

/** Options of {@link Detector.predictMany}. */
export interface PredictManyOptions {
  readonly signal?: CancelSignal | undefined
}

/** Decides what a voice agent should do. */
export interface Detector {
  /** What is known of the model. */
  readonly manifest: Manifest
  /**
   * Decides about a conversation whose last message is what the user has said so far.
   *
   * @throws TurnwiseError INVALID_MESSAGES, NO_MESSAGES, UNKNOWN_ROLE, INVALID_CONTENT, MALFORMED_TEXT,
   *   MESSAGE_TOO_LONG, LAST_MESSAGE_NOT_USER, INVALID_OPTION, ABORTED, OVERLOADED, DETECTOR_CLOSED, MODEL_FAILED
   */
  predict(messages: readonly Message[], options?: PredictOptions): Promise<Decision>
  /**
   * Decides about many conversations, in their order. Those of like length run together.
   *
   * @throws TurnwiseError as {@link predict}, naming the first conversation that is wrong, before any is run
   */
  predictMany(requests: readonly PredictRequest[], options?: PredictManyOptions): Promise<Decision[]>
  /**
   * Opens a session: a live conversation, of which nothing is computed twice. Of a saved session, that goes on.
   *
   * @throws TurnwiseError as {@link predict}, and INVALID_POLICY, INVALID_SAVED_SESSION
   */
  openSession(options?: SessionOptions | SavedSession): Session
  /** Frees the model once what it runs now is answered; sessions end with it. May be called again. */
  close(): Promise<void>
}

/** Conversations encoded and sorted at a time: bounds what is held, and lets other work in between. */
const WINDOW_SIZE = 256

/** A detector from its parts. `loadDetector` of a runtime package finds them. */
export function createDetector(model: LanguageModel, tokenizer: Tokenizer, manifest: Manifest): Detector {
  const prompts = createPromptEncoder(tokenizer, manifest.tokens, manifest.maxTokens, manifest.template)
  const { temperature } = manifest.calibration
  let closed = false

  function throwIfClosed(): void {
    if (closed) throw new TurnwiseError('DETECTOR_CLOSED', 'The detector is closed.')
  }

  async function predictWindow(
    requests: readonly PredictRequest[],
    signal: CancelSignal | undefined,
  ): Promise<Decision[]> {
    const tokens = requests.map(({ messages }) => prompts.encode(messages))
    const lengths = tokens.map((row) => row.length)
    const decisions = new Map<number, Decision>()
    for (const batch of planBatches(lengths, model)) {
      throwIfClosed()
      throwIfAborted(signal)
      const answers = await runMany(
        model,
        batch.map((index) => ({ tokens: tokens[index] ?? [] })),
        signal,
      )
      for (const [row, index] of batch.entries()) {
        const { logits } = answers[row] ?? { logits: [] }
        const context = { temperature, agentSpeaking: requests[index]?.agentSpeaking, tokensRun: lengths[index] ?? 0 }
        decisions.set(index, decide(logits, context))
      }
    }
    return requests.map((_, index) => decisions.get(index)).filter((decision) => decision !== undefined)
  }

  return {
    manifest,
    async predict(messages, options = {}) {
      throwIfClosed()
      validateOptions(options)
      const { agentSpeaking, signal } = options
      validateConversation(messages)
      validateFlag('agentSpeaking', agentSpeaking)
      throwIfAborted(signal)
      const [decision] = await predictWindow([{ messages, agentSpeaking }], signal)
      throwIfAborted(signal)
      if (decision === undefined) throw new TurnwiseError('MODEL_FAILED', 'The model gave no answer.')
      return decision
    },
    async predictMany(requests, options = {}) {
      throwIfClosed()
      validateOptions(options)
      const { signal } = options
      validateRequests(requests)
      const decisions: Decision[] = []
      for (let start = 0; start < requests.length; start += WINDOW_SIZE) {
        decisions.push(...(await predictWindow(requests.slice(start, start + WINDOW_SIZE), signal)))
      }
      throwIfAborted(signal)
      return decisions
    },
    openSession(options = {}) {
      throwIfClosed()
      return createSession({ model, prompts, temperature, throwIfClosed }, options)
    },
    async close() {
      closed = true
      await model.close()
    },
  }
}

function validateRequests(requests: unknown): asserts requests is readonly PredictRequest[] {
  if (!Array.isArray(requests)) {
    const type = requests === null ? 'null' : typeof requests
    throw new TurnwiseError('INVALID_MESSAGES', `The conversations are of type ${type}, not an array.`)
  }
  for (const [index, request] of (requests as unknown[]).entries()) {
    const { messages, agentSpeaking } = isRecord(request) ? request : {}
    try {
      validateConversation(messages)
      validateFlag('agentSpeaking', agentSpeaking)
    } catch (error) {
      if (!(error instanceof TurnwiseError)) throw error
      throw new TurnwiseError(error.code, `Conversation ${index}: ${error.problem}`, { value: error.value })
    }
  }
}
