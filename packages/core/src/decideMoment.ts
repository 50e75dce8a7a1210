import { SILENT_ACTIONS, SPEAKING_ACTIONS } from './actions.js'
import { type DecisionContext, decide, probabilityAgainst, yieldedOf } from './decision.js'
import type { Expectation } from './expectation.js'
import { type Judgement, judge } from './judge.js'
import type { Message } from './messages.js'
import type { ActionLogits, LanguageModel } from './model.js'
import type { Pace } from './pace.js'
import type { Policy } from './policy.js'
import { type CachedAnswer, createPrefixCache } from './prefixCache.js'
import type { PromptEncoder } from './prompt.js'
import type { UserTurn } from './savedSession.js'
import type { SessionDecision } from './session.js'

/** What a session needs of its detector. */
export interface SessionContext {
  readonly model: LanguageModel
  readonly prompts: PromptEncoder
  readonly temperature: number
  /** @throws TurnwiseError DETECTOR_CLOSED */
  throwIfClosed(): void
}

/** A user's turn that goes on. */
export type OpenTurn = { -readonly [Key in keyof UserTurn]: UserTurn[Key] }

/** The moment of a session that a decision is about. */
export interface Moment {
  readonly messages: readonly Message[]
  readonly turn: OpenTurn
  readonly text: string
  readonly pace: Pace
  readonly agentSpeaking: boolean
  readonly wasStopped: boolean
  readonly expect: Expectation | undefined
  readonly isRepeated: boolean
}

/** What a {@link MomentDecider} has decided. */
interface MomentAnswer {
  readonly moment: Moment
  readonly logits: ActionLogits
  readonly decision: SessionDecision
}

/** Decides about the moments of one session. */
export interface MomentDecider {
  /**
   * Decides, and notes the action in the turn. Calls must not overlap.
   *
   * @throws TurnwiseError DETECTOR_CLOSED, MODEL_FAILED
   */
  decide(moment: Moment): Promise<MomentAnswer>
  /** Frees what was kept. */
  clear(): void
}

export function createMomentDecider(context: SessionContext, policy: Policy): MomentDecider {
  const { model, prompts, temperature } = context
  const cache = createPrefixCache(model, prompts.triggerTokens.length)
  let lastAnswer: { readonly prompt: readonly number[]; readonly logits: ActionLogits } | undefined

  async function answerPrompt(prompt: readonly number[]): Promise<CachedAnswer> {
    if (lastAnswer !== undefined && isEqual(lastAnswer.prompt, prompt))
      return { logits: lastAnswer.logits, tokensRun: 0 }
    const answer = await cache.answer(prompt)
    lastAnswer = { prompt, logits: answer.logits }
    return answer
  }

  return {
    async decide(moment) {
      context.throwIfClosed()
      const { messages, turn, pace, ...situation } = moment
      const { logits, tokensRun } = await answerPrompt(prompts.encode(messages))
      const judgement = judge(policy, {
        ...situation,
        completion: probabilityAgainst(logits, ...SILENT_ACTIONS, temperature),
        interruption: probabilityAgainst(logits, ...SPEAKING_ACTIONS, temperature),
        pace: { ...pace, yielded: yieldedOf(logits) },
        lastAction: turn.lastAction,
      })
      turn.lastAction = judgement.action
      if (turn.text === moment.text) turn.isBackchannel = judgement.action === 'continue_speaking'
      const { agentSpeaking } = moment
      return { moment, logits, decision: decisionOf(logits, judgement, { temperature, agentSpeaking, tokensRun }) }
    },
    clear: cache.clear,
  }
}

/** The decision that follows from what the policy makes of the logits. */
export function decisionOf(logits: ActionLogits, judgement: Judgement, context: DecisionContext): SessionDecision {
  const best = decide(logits, context)
  const confidence = best.action === judgement.action ? best.confidence : 1 - best.confidence
  return { ...best, ...judgement, confidence }
}

function isEqual<Item>(left: readonly Item[], right: readonly Item[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index])
}
