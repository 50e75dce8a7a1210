import {
  ACTIONS,
  type Action,
  type CancelSignal,
  fittingActions,
  type Message,
  type Probabilities,
} from '@turnwise/core'
import type { Runtime } from 'turnwise'

/** What a system is asked. */
export interface SystemRow {
  readonly messages: readonly Message[]
  /** Whether the agent speaks; systems answer both with and without knowing it. */
  readonly agentSpeaking: boolean
}

/** What a system says of a row. */
export interface SystemAnswer {
  /** Nothing being known of the agent. */
  readonly action: Action
  /** The agent's state being known. */
  readonly actionInState: Action
  /** How probable (0 to 1) it is in that state that the turn changes: start_speaking, or start_listening. */
  readonly turnProbability: number
  /** How probable (0 to 1) a yield is; only models have it, and not all. */
  readonly yielded?: number | undefined
  /** The four, in class order; rules have none. */
  readonly probabilities?: readonly number[] | undefined
}

/** What is known of a system, for results. Nothing of the machine it is on. */
export interface SystemFacts {
  /** Short, unique in a run. */
  readonly name: string
  readonly kind: 'model' | 'base' | 'rule' | 'remote'
  readonly version?: string | undefined
  /** Of the model's graph. */
  readonly sha256?: string | undefined
  readonly sizeBytes?: number | undefined
  /** What runs the model, and on how many threads. Results from before it was recorded have neither. */
  readonly runtime?: Runtime | undefined
  readonly threads?: number | undefined
}

/** Something that can be measured. */
export interface BenchmarkSystem {
  readonly facts: SystemFacts
  /**
   * Whatever else its answers depend on, as a text that another system does not have: kept answers are found by it. Never
   * in a result. Default: the name.
   */
  readonly fingerprint?: string | undefined
  /** How many rows to ask at a time, at best. */
  readonly batchSize: number
  /** How many batches at once, at best. Default: 1. */
  readonly concurrency?: number | undefined
  /** One answer to each row, in their order. Whoever waits long for them may stop when it is aborted, as ABORTED. */
  answer(rows: readonly SystemRow[], signal?: CancelSignal): Promise<readonly SystemAnswer[]>
  close(): Promise<void>
}

/** An answer from the four probabilities. */
export function answerFrom(
  probabilities: Probabilities,
  inState: { readonly action: Action; readonly turnProbability: number },
): SystemAnswer {
  const values = ACTIONS.map((action) => probabilities[action])
  return {
    action: ACTIONS[values.indexOf(Math.max(...values))] ?? ACTIONS[0],
    actionInState: inState.action,
    turnProbability: inState.turnProbability,
    probabilities: values,
  }
}

/** The action within the pair that fits, and its turn probability, from the four probabilities alone. */
export function actionInState(
  probabilities: Probabilities,
  agentSpeaking: boolean,
): { readonly action: Action; readonly turnProbability: number } {
  const [turns = ACTIONS[0], stays = ACTIONS[1]] = fittingActions(agentSpeaking)
  const total = probabilities[turns] + probabilities[stays]
  const turnProbability = total === 0 ? 0.5 : probabilities[turns] / total
  return { action: turnProbability >= 0.5 ? turns : stays, turnProbability }
}
