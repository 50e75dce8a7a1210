import { type Action, judge, type Policy } from '@turnwise/core'

/** What is known at a word that is said over the agent. */
export interface HeardStep {
  readonly words: number
  readonly heardMs: number
  /** The user's words so far. */
  readonly text: string
  /** How probable (0 to 1) the system finds it that this is an interruption. */
  readonly turnProbability: number
}

/** Where the agent stops: the number of a step, or -1 if at none. */
export type StopRule = (steps: readonly HeardStep[]) => number

/** Words that mostly show that somebody listens; written down once, fitted to nothing. */
const ACKNOWLEDGEMENTS = new Set(
  (
    'yeah yes yep yup okay ok right sure mm-hmm mmhmm uh-huh mhm hmm hm mm oh ah uh um wow great good nice cool fine ' +
    'exactly absolutely definitely true really i see got it that makes sense alright all indeed of course no'
  ).split(' '),
)

/** Rules without a model: how an agent is stopped today. */
export const STOP_RULES = {
  'any word stops it': stopAfterWords(1),
  'two words stop it': stopAfterWords(2),
  'three words stop it': stopAfterWords(3),
  'any word but of a list of acknowledgements stops it': (steps) =>
    steps.findIndex(({ text }) => !isAcknowledgement(text)),
} as const satisfies Record<string, StopRule>

/** Stops where an interruption is as probable as the threshold. */
export function stopAtThreshold(threshold: number): StopRule {
  return (steps) => steps.findIndex(({ turnProbability }) => turnProbability >= threshold)
}

/** Stops where a session with the policy would. */
export function stopByPolicy(policy: Policy): StopRule {
  return (steps) => {
    let lastAction: Action | undefined
    return steps.findIndex(({ text, heardMs, turnProbability }) => {
      const pace = { turnMs: heardMs, held: 0, answered: 0 }
      // While the agent speaks nothing depends on how probable the end of the turn is.
      const situation = { completion: 0, interruption: turnProbability, text, pace, lastAction }
      const { action } = judge(policy, { ...situation, agentSpeaking: true, expect: undefined, wasStopped: false })
      lastAction = action
      return action === 'start_listening'
    })
  }
}

function stopAfterWords(least: number): StopRule {
  return (steps) => steps.findIndex(({ words }) => words >= least)
}

function isAcknowledgement(text: string): boolean {
  return text.split(' ').every((word) => ACKNOWLEDGEMENTS.has(word))
}
