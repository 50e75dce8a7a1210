import { type Action, type Expectation, type Message, SPEAKING_ACTIONS } from '@turnwise/core'

/** A row of a benchmark: a conversation and the right action at its end. */
export interface BenchmarkRow {
  /** Unique within the set, and the publisher's where there is one. */
  readonly id: string
  /** The last one is what the user has said so far. */
  readonly messages: readonly Message[]
  readonly action: Action
  /** What the row tests. */
  readonly group?: string | undefined
  /** Two rows of a minimal pair have the same entry: the same final words, different actions. */
  readonly pair?: string | undefined
  /**
   * Rows that are not independent have the same entry: their conversation, or the line they are made from. Default: the
   * pair, else the row itself.
   */
  readonly cluster?: string | undefined
  /** What the agent, now silent, has asked for. */
  readonly expect?: Expectation | undefined
}

/** A set of rows, all there and checked. */
export interface Dataset {
  /** Short, unique in a run. */
  readonly name: string
  /** What it is and who publishes it, a phrase. */
  readonly title: string
  readonly rows: readonly BenchmarkRow[]
  /** Whether its licence lets results quote its texts. */
  readonly isQuotable: boolean
  /** The published binary figures of Switchboard are without its backchannels. */
  readonly binaryWithoutBackchannels: boolean
  /** Whether its labels say what people did among themselves, which a system's yield output is about. */
  readonly labelsYields?: boolean
}

/** Whether the agent is speaking: rows are made so that the action says it. */
export function isAgentSpeaking({ action }: BenchmarkRow): boolean {
  return SPEAKING_ACTIONS.some((speaking) => speaking === action)
}

/** The user's newest words. */
export function finalText({ messages }: BenchmarkRow): string {
  return messages.at(-1)?.content ?? ''
}
