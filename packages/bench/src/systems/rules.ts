import type { Action } from '@turnwise/core'
import type { BenchmarkSystem, SystemAnswer, SystemRow } from './system.js'

/**
 * English function words and fillers that a clause seldom ends in; fitted to nothing. The same as in
 * training/turnwise_training/baselines.py.
 */
const FUNCTION_WORDS = new Set(
  (
    'a an the my your his her its our their some any every each ' +
    'and or but nor so because if when while although though unless until since whether than as ' +
    'of to for with at from by in on into onto about between during without through under over against ' +
    'i we they he she im ive theyre youre hes shes id ill ' +
    'am is are was were be been has have had do does did will would can could should may might must ' +
    'um uh er erm hmm like well'
  ).split(' '),
)

const LONG_WORDS = 10

/** Rules that a model must beat: is the turn over, by the user's newest words? */
export const TURN_RULES = {
  'always finished': () => true,
  'ten words or more is finished': (text) => countWords(text) >= LONG_WORDS,
  'a function word last is unfinished': (text) => !FUNCTION_WORDS.has(wordsOf(text).at(-1) ?? ''),
} as const satisfies Record<string, (text: string) => boolean>

/** The name of one of the {@link TURN_RULES}. */
export type TurnRule = keyof typeof TURN_RULES

/** A rule as a system. While the agent speaks it takes any speech for an interruption. */
export function createRuleSystem(name: TurnRule): BenchmarkSystem {
  return {
    facts: { name, kind: 'rule' },
    batchSize: 10_000,
    answer: async (rows) => rows.map((row) => answerBy(name, row)),
    close: async () => undefined,
  }
}

function answerBy(name: TurnRule, { messages, agentSpeaking }: SystemRow): SystemAnswer {
  const isOver = TURN_RULES[name](messages.at(-1)?.content ?? '')
  const action: Action = isOver ? 'start_speaking' : 'continue_listening'
  if (agentSpeaking) return { action, actionInState: 'start_listening', turnProbability: 1 }
  return { action, actionInState: action, turnProbability: isOver ? 1 : 0 }
}

/** How many words a text has, by its spaces. */
export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length
}

/** Lower case, without punctuation. */
function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/['’]/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}
