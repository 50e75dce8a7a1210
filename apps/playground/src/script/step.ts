import type { ExpectationKind, PolicyName } from '@turnwise/web'

/** One thing that happens in a conversation, at a word's grain. */
export type Step = UserStep | SettleStep | AgentStep | AgentDoneStep | ExpectStep

interface Timed {
  /** The silence before it, ms: since anybody's last sound. */
  readonly pauseMs: number
  /** When it happens, ms since the conversation began. */
  readonly atMs: number
}

/** The user's words change: one more, or some of them are taken back first. */
export interface UserStep extends Timed {
  readonly kind: 'user'
  /** A single word; empty if words are only taken back. */
  readonly word: string
  /** How many words of the utterance stay, before the new one. Default: all. */
  readonly keep?: number | undefined
}

/** The user's utterance is over: what comes next is another. */
interface SettleStep extends Timed {
  readonly kind: 'settle'
}

/** The agent says one more word of its turn. */
export interface AgentStep extends Timed {
  readonly kind: 'agent'
  readonly word: string
}

/** The agent falls silent. */
interface AgentDoneStep extends Timed {
  readonly kind: 'agentDone'
}

/** The agent has asked for something, or for nothing in particular. */
interface ExpectStep extends Timed {
  readonly kind: 'expect'
  readonly expect?: ExpectationKind | undefined
}

/** A conversation and how it is judged: all that a link holds. Decisions are computed again. */
export interface Script {
  readonly steps: readonly Step[]
  readonly policy: PolicyName
  /** A second policy that judges the same words. The first one decides whether the agent stops. */
  readonly rival?: PolicyName | undefined
}

/** Words as they are said, without white space. */
export function splitWords(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== '')
}
