import { type Action, fittingActions } from '@turnwise/core'
import type { Message } from '@turnwise/web'

/** What a row of the four-class benchmark can test: the groups of benchmark/four-class/README.md. */
export const GROUPS = [
  'plain',
  'short_answer',
  'spelled_or_digits',
  'trailing_conjunction',
  'filler_hesitation',
  'false_start_repair',
  'list_continues',
  'list_closed',
  'question_complete',
  'subordinate_clause_first',
  'complete_then_tag',
  'hold_on',
  'stop_or_wait',
  'thinking_aloud',
  'stt_noise',
  'context_dependent',
  'backchannel_plain',
  'backchannel_long',
  'backchannel_vs_answer',
  'interruption_short',
  'interruption_question',
  'interruption_correction',
  'interruption_polite',
  'interruption_starts_like_backchannel',
  'side_talk',
  'laugh_or_emotion',
  'long_incomplete',
  'short_complete',
  'address_or_email',
] as const

/** One of the {@link GROUPS}. */
export type Group = (typeof GROUPS)[number]

/** The most messages of a row. */
const MAX_MESSAGES = 8

/** What a row is made from. */
export interface BenchmarkCase {
  readonly messages: readonly Message[]
  /** The right answer. */
  readonly action: Action
  readonly group: Group
  /** What the call is about. */
  readonly domain: string
}

/** A line for cases.jsonl; its number is given when it is accepted. */
export function benchmarkRow({ messages, action, group, domain }: BenchmarkCase): string {
  return JSON.stringify({ id: 'fc-new', group, domain, messages: alternating(messages), action })
}

/** The answers that can be right: whether the agent speaks is a fact. */
export function possibleActions(agentSpeaking: boolean): readonly Action[] {
  return fittingActions(agentSpeaking)
}

/** Spoken messages only, those of one speaker joined: the benchmark's alternate. */
function alternating(messages: readonly Message[]): Message[] {
  const joined: Message[] = []
  for (const { role, content } of messages) {
    if (role !== 'user' && role !== 'assistant') continue
    const before = joined.at(-1)
    if (before?.role === role) joined.splice(-1, 1, { role, content: `${before.content} ${content}` })
    else joined.push({ role, content })
  }
  return joined.slice(-MAX_MESSAGES)
}
