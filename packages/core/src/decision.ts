import { ACTIONS, type Action, fittingActions } from './actions.js'
import type { ActionLogits } from './model.js'

/** How probable each action is, the four together 1. */
export type Probabilities = Readonly<Record<Action, number>>

/** What the agent should do now. */
export interface Decision {
  /** The most probable of the actions that fit. */
  readonly action: Action
  /** Its probability among the actions that fit, 0 to 1. */
  readonly confidence: number
  /** The raw probabilities of all four, whatever is known of the agent. */
  readonly probabilities: Probabilities
  /**
   * How probable it is, 0 to 1, that among people another would speak now. Unlike start_speaking it knows how long
   * people talk and how often they go on after a whole sentence. Absent where the model does not say.
   */
  readonly yielded?: number
  /** How many tokens the model ran for this decision. */
  readonly tokensRun: number
}

/** What a decision rests on, beside the logits. */
export interface DecisionContext {
  /** The logits are divided by it; 1 leaves them as they are. */
  readonly temperature: number
  /** Whether the agent speaks now. Undefined: nothing is known, all four actions fit. */
  readonly agentSpeaking: boolean | undefined
  readonly tokensRun: number
}

/** Logits to decision. Of equally probable actions the first in class order wins. */
export function decide(logits: ActionLogits, { temperature, agentSpeaking, tokensRun }: DecisionContext): Decision {
  const scaled = ACTIONS.map((_, index) => (logits[index] ?? Number.NaN) / temperature)
  const yielded = yieldedOf(logits)
  const fitting = fittingActions(agentSpeaking)
  // From the logits again: the raw probabilities of both may round to 0.
  const confidences = softmax(fitting.map((action) => scaled[ACTIONS.indexOf(action)] ?? Number.NaN))
  const best = confidences.indexOf(Math.max(...confidences))
  return {
    action: fitting[best] ?? ACTIONS[0],
    confidence: confidences[best] ?? Number.NaN,
    probabilities: toProbabilities(softmax(scaled)),
    ...(yielded === undefined ? {} : { yielded }),
    tokensRun,
  }
}

/**
 * How probable one action is against another, 0 to 1, whatever the rest: from the logits, since the raw probabilities
 * of both may round to 0.
 */
export function probabilityAgainst(logits: ActionLogits, action: Action, other: Action, temperature: number): number {
  const [logit = Number.NaN, otherLogit = Number.NaN] = [action, other].map((each) => logits[ACTIONS.indexOf(each)])
  return 1 / (1 + Math.exp((otherLogit - logit) / temperature))
}

/** How probable a yield is, 0 to 1; undefined where the model does not say. */
export function yieldedOf(logits: ActionLogits): number | undefined {
  const logit = logits[ACTIONS.length]
  return logit === undefined ? undefined : 1 / (1 + Math.exp(-logit))
}

function toProbabilities(values: readonly number[]): Probabilities {
  const [startSpeaking = 0, continueListening = 0, startListening = 0, continueSpeaking = 0] = values
  return {
    start_speaking: startSpeaking,
    continue_listening: continueListening,
    start_listening: startListening,
    continue_speaking: continueSpeaking,
  }
}

function softmax(logits: readonly number[]): number[] {
  const highest = Math.max(...logits)
  const weights = logits.map((logit) => Math.exp(logit - highest))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}
