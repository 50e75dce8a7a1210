import { ACTIONS, type Action, fittingActions } from './actions.js'
import { type Expectation, isHalfAnswer } from './expectation.js'
import type { Pace } from './pace.js'
import type { Policy } from './policy.js'
import { wordsOf } from './spokenWords.js'
import { tableWait, waitFor } from './waiting.js'

/** What settled an action. */
export const RULES = [
  /** The probability against its threshold. */
  'threshold',
  /** It passed the threshold, but not by the margin: the last action of the turn stays. */
  'kept',
  /** The agent speaks and an interruption is probable, but too few words were heard, or none that is new. */
  'few_words',
  /** The words are the beginning of what the agent asked for. */
  'half_answer',
  /** The words that stopped the agent are no interruption after all: it may go on. */
  'false_interruption',
  /** Silence has not run long enough. */
  'waiting',
  /** Silence has run long enough. */
  'silence',
] as const

/** One of the {@link RULES}. */
export type Rule = (typeof RULES)[number]

/** Why a session decided as it did. */
export interface DecisionReason {
  readonly rule: Rule
  /**
   * What was compared with the threshold: the probability of start_speaking (the agent is silent) or start_listening
   * (it speaks) within the pair that fits. A half answer has lowered it.
   */
  readonly probability: number
  /** The policy's, moved by its margin in favour of the turn's last action. */
  readonly threshold: number
  /** The actions that the agent's state made impossible. */
  readonly excluded: readonly Action[]
  /**
   * How much longer (ms) the agent waits for a user who has spoken like this than the policy's table says of the words
   * alone; below 0: shorter.
   */
  readonly paceMs: number
}

/** What the policy makes of the probabilities. */
export interface Judgement {
  readonly action: Action
  /** See `SessionDecision.waitMs`. */
  readonly waitMs: number
  readonly reason: DecisionReason
}

/** What is known when the policy judges. */
export interface Situation {
  /** The probability of start_speaking in the pair of a silent agent, 0 to 1. */
  readonly completion: number
  /** The probability of start_listening in the pair of a speaking agent, 0 to 1. */
  readonly interruption: number
  readonly agentSpeaking: boolean
  /** The user's words of this turn. */
  readonly text: string
  readonly pace: Pace
  readonly expect: Expectation | undefined
  /** The action before, in the same turn. */
  readonly lastAction: Action | undefined
  /** The agent is silent because start_listening stopped it. */
  readonly wasStopped: boolean
  /** The words are those that a speaking agent answers already: none is new. Default: false. */
  readonly isRepeated?: boolean | undefined
}

/** Probabilities and what else is known to an action. */
export function judge(policy: Policy, situation: Situation): Judgement {
  return situation.agentSpeaking ? judgeOverlap(policy, situation) : judgeTurn(policy, situation)
}

/**
 * The same, after silence since the user's last words. A speaking agent is not concerned.
 *
 * @param judgement that of the words
 * @param silenceMs how long nothing has been said
 */
export function judgeSilence(judgement: Judgement, silenceMs: number, agentSpeaking: boolean): Judgement {
  if (agentSpeaking) return judgement
  const { waitMs, reason } = judgement
  const isOver = silenceMs >= waitMs
  const rule = reason.rule === 'false_interruption' ? reason.rule : isOver ? 'silence' : 'waiting'
  return {
    action: isOver ? 'start_speaking' : 'continue_listening',
    waitMs: isOver ? 0 : waitMs - silenceMs,
    reason: { ...reason, rule },
  }
}

function judgeTurn(policy: Policy, situation: Situation): Judgement {
  const { completion, interruption, text, pace, expect, lastAction, wasStopped } = situation
  const isHalf = expect !== undefined && completion > policy.halfAnswerAtMost && isHalfAnswer(expect, text)
  const probability = isHalf ? policy.halfAnswerAtMost : completion
  const threshold = moved(policy.speakFrom, policy.margin, lastAction, 'start_speaking', 'continue_listening')
  const speaks = probability >= threshold
  const paced = pacedWait(policy, probability, pace)
  // Digits come in short bursts, which elsewhere are whole answers: half of one is waited for no less than the table says.
  const { waitMs, paceMs } = isHalf && paced.paceMs < 0 ? { waitMs: paced.waitMs - paced.paceMs, paceMs: 0 } : paced
  const reason = { probability, threshold, excluded: excludedBy(false), paceMs }
  if (wasStopped && (wordsOf(text).length === 0 || interruption < policy.interruptFrom - policy.margin)) {
    const rule = 'false_interruption'
    return { action: 'continue_listening', waitMs: policy.resumeAfterMs, reason: { ...reason, rule } }
  }
  const isKept = speaks !== probability >= policy.speakFrom
  const rule = isHalf ? 'half_answer' : isKept ? 'kept' : 'threshold'
  return {
    action: speaks ? 'start_speaking' : 'continue_listening',
    waitMs,
    reason: { ...reason, rule },
  }
}

function judgeOverlap(policy: Policy, situation: Situation): Judgement {
  const { completion, interruption, text, pace, lastAction, isRepeated = false } = situation
  const { interruptFrom, confidentFrom, freeWords, margin } = policy
  const threshold = moved(interruptFrom, margin, lastAction, 'start_listening', 'continue_speaking')
  const isProbable = interruption >= threshold
  const isClear = lastAction === 'start_listening' || interruption >= confidentFrom || wordsOf(text).length > freeWords
  const counts = isClear && !isRepeated
  const stops = isProbable && counts
  const isKept = isProbable !== interruption >= interruptFrom
  const rule = isProbable && !counts ? 'few_words' : isKept ? 'kept' : 'threshold'
  const { waitMs, paceMs } = pacedWait(policy, completion, pace)
  const reason = { probability: interruption, threshold, excluded: excludedBy(true), paceMs }
  return {
    action: stops ? 'start_listening' : 'continue_speaking',
    waitMs: stops ? waitMs : 0,
    reason: { rule, ...reason },
  }
}

/** The wait, and how much of it the pace has added. */
function pacedWait(policy: Policy, completion: number, pace: Pace): { waitMs: number; paceMs: number } {
  const waitMs = waitFor(policy, completion, pace)
  return { waitMs, paceMs: waitMs - tableWait(policy, completion) }
}

/** A threshold moved in favour of the last action. */
function moved(threshold: number, margin: number, last: Action | undefined, above: Action, below: Action): number {
  if (last === above) return threshold - margin
  return last === below ? threshold + margin : threshold
}

function excludedBy(agentSpeaking: boolean): readonly Action[] {
  const fitting = fittingActions(agentSpeaking)
  return ACTIONS.filter((action) => !fitting.includes(action))
}
