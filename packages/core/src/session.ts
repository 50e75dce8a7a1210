import { type CancelSignal, throwIfAborted } from './cancelSignal.js'
import { type Decision, decide } from './decision.js'
import { TurnwiseError } from './errors.js'
import { type Message, validateMessages, validateText } from './messages.js'
import type { LanguageModel } from './model.js'
import { createPrefixCache } from './prefixCache.js'
import type { PromptEncoder } from './prompt.js'

/** Options of `openSession`. */
export interface SessionOptions {
  /** What was said before the session, oldest first; may be empty. */
  readonly messages?: readonly Message[] | undefined
}

/** Options of {@link Session.hear}. */
export interface HearOptions {
  readonly signal?: CancelSignal | undefined
}

/** A live conversation. It knows whether the agent speaks, and runs only what is new. */
export interface Session {
  /** The conversation as the model sees it now, the user's latest words last. */
  readonly messages: readonly Message[]
  /** Whether the agent speaks now. */
  readonly isAgentSpeaking: boolean
  /**
   * The agent speaks. Call it when it begins and as it goes on.
   *
   * @param text all that it has said of this turn so far
   * @throws TurnwiseError INVALID_CONTENT, MALFORMED_TEXT, MESSAGE_TOO_LONG, SESSION_CLOSED
   */
  agentSpeaking(text: string): void
  /**
   * The agent has fallen silent, because it is done or was interrupted.
   *
   * @param text what it has really said of this turn; by default the text last given
   * @throws TurnwiseError as {@link agentSpeaking}
   */
  agentFinished(text?: string): void
  /**
   * The user's words changed. Calls are answered one after the other; their words count as of the moment of the call.
   *
   * @param partial all that the user has said of this turn so far, segments that the recogniser has settled included;
   *   words may be revised
   * @throws TurnwiseError INVALID_CONTENT, MALFORMED_TEXT, MESSAGE_TOO_LONG, ABORTED, SESSION_CLOSED,
   *   DETECTOR_CLOSED, MODEL_FAILED
   */
  hear(partial: string, options?: HearOptions): Promise<Decision>
  /** Ends the session and frees what it kept. Calls made before are still answered. May be called again. */
  close(): Promise<void>
}

/** What a session needs of its detector. */
export interface SessionContext {
  readonly model: LanguageModel
  readonly prompts: PromptEncoder
  readonly temperature: number
  /** @throws TurnwiseError DETECTOR_CLOSED */
  throwIfClosed(): void
}

/** What the user has said since a turn was last settled. */
interface Utterance {
  readonly text: string
  /** The agent spoke over it, and the model took it for no wish to speak: it leaves no trace. */
  isBackchannel: boolean
}

/** @throws TurnwiseError as `validateMessages` */
export function createSession(context: SessionContext, options: SessionOptions): Session {
  const { model, prompts, temperature } = context
  const given: unknown = options.messages ?? []
  validateMessages(given)
  const history: Message[] = given.map(({ role, content }) => ({ role, content }))
  const cache = createPrefixCache(model, prompts.triggerTokens.length)
  let agentText: string | undefined
  let utterance: Utterance | undefined
  let closed = false
  let lastCall: Promise<unknown> = Promise.resolve()

  function throwIfClosed(): void {
    context.throwIfClosed()
    if (closed) throw new TurnwiseError('SESSION_CLOSED', 'The session is closed.')
  }

  function currentMessages(): Message[] {
    const messages = [...history]
    if (agentText !== undefined) messages.push({ role: 'assistant', content: agentText })
    if (utterance !== undefined) messages.push({ role: 'user', content: utterance.text })
    return messages
  }

  async function decideAbout(heard: Utterance, messages: Message[], agentSpeaking: boolean, signal?: CancelSignal) {
    context.throwIfClosed()
    throwIfAborted(signal)
    const { logits, tokensRun } = await cache.answer(prompts.encode(messages))
    throwIfAborted(signal)
    const decision = decide(logits, { temperature, agentSpeaking, tokensRun })
    heard.isBackchannel = decision.action === 'continue_speaking'
    return decision
  }

  return {
    get messages() {
      return currentMessages()
    },
    get isAgentSpeaking() {
      return agentText !== undefined
    },
    agentSpeaking(text) {
      throwIfClosed()
      validateText(text, "The agent's text")
      if (agentText === undefined) {
        if (utterance !== undefined && !utterance.isBackchannel) {
          history.push({ role: 'user', content: utterance.text })
        }
        utterance = undefined
      }
      agentText = text
    },
    agentFinished(text = agentText ?? '') {
      throwIfClosed()
      validateText(text, "The agent's text")
      if (agentText === undefined && text === '') return
      history.push({ role: 'assistant', content: text })
      agentText = undefined
      if (utterance?.isBackchannel === true) utterance = undefined
    },
    async hear(partial, { signal } = {}) {
      throwIfClosed()
      validateText(partial, "The user's text")
      const heard: Utterance = { text: partial, isBackchannel: false }
      utterance = heard
      const messages = currentMessages()
      const agentSpeaking = agentText !== undefined
      const answer = lastCall.then(() => decideAbout(heard, messages, agentSpeaking, signal))
      lastCall = answer.catch(() => undefined)
      return answer
    },
    async close() {
      closed = true
      lastCall = lastCall.then(() => cache.clear())
      await lastCall
    },
  }
}
