import type { Action, DecisionReason, Manifest, PolicyName, SessionDecision } from '@turnwise/web'
import type { Judge } from '../stage/performance.js'

/** How an action is shown. */
export interface ActionText {
  readonly verb: string
  readonly meaning: string
}

export const ACTION_TEXTS: Readonly<Record<Action, ActionText>> = {
  start_speaking: { verb: 'Speak', meaning: 'The turn is over: answer.' },
  continue_listening: { verb: 'Wait', meaning: 'More is to come: keep listening.' },
  start_listening: { verb: 'Stop', meaning: 'This is an interruption: fall silent.' },
  continue_speaking: { verb: 'Go on', meaning: 'No interruption: keep talking.' },
}

export const POLICY_TEXTS: Readonly<Record<PolicyName, string>> = {
  patient: 'Patient',
  balanced: 'Balanced',
  eager: 'Eager',
  meeting: 'Among people',
}

/** A model as it is named. */
export function modelName({ name, version }: Pick<Manifest, 'name' | 'version'>): string {
  return `${name} ${version}`
}

/** Whether different models judge, rather than one under different policies. */
export function areModelsCompared(judges: readonly Pick<Judge, 'detector'>[]): boolean {
  return judges.some(({ detector }) => detector !== judges[0]?.detector)
}

/** What tells judges apart: their models, or the policies of the one model. */
export function judgeNames(judges: readonly Judge[]): string[] {
  if (!areModelsCompared(judges)) return judges.map(({ policy }) => POLICY_TEXTS[policy])
  const names = judges.map(({ detector }) => modelName(detector.manifest))
  return names.map((name, place) => (names.indexOf(name) < place ? `${name}, the second` : name))
}

/** 0.923 as "92%". */
export function percent(share: number): string {
  return `${Math.round(share * 100)}%`
}

/** 1,900 ms as "1.9 s". */
export function seconds(timeMs: number): string {
  return `${(timeMs / 1000).toFixed(timeMs < 995 ? 2 : 1)} s`
}

/** From so much on what the model thought of actions that do not fit has to be explained. */
const NOTABLE = 0.5
/** From so much on, ms, what the user's pace does to the wait has to be. */
const NOTABLE_MS = 100

/** Why, in a few sentences. */
export function explain({
  reason,
  action,
  probabilities,
}: Pick<SessionDecision, 'reason' | 'action' | 'probabilities'>): string {
  const { excluded } = reason
  const leftOut = excluded.reduce((sum, each) => sum + probabilities[each], 0)
  const verbs = excluded.map((each) => `“${ACTION_TEXTS[each].verb}”`).join(' and ')
  const state = isOfSpeakingAgent(reason) ? 'speaking' : 'silent'
  const first = leftOut < NOTABLE ? '' : `The agent is ${state}, so ${verbs} are left out. `
  return first + explainRule(reason, action) + explainPace(reason.paceMs)
}

function explainPace(paceMs: number): string {
  if (Math.abs(paceMs) < NOTABLE_MS) return ''
  const than = paceMs > 0 ? 'longer' : 'shorter'
  return ` The wait is ${seconds(Math.abs(paceMs))} ${than} for the length of the turn and the pauses so far.`
}

function explainRule(reason: DecisionReason, action: Action): string {
  const { rule, probability, threshold } = reason
  const what = isOfSpeakingAgent(reason) ? 'an interruption' : 'the end of the turn'
  const numbers = `${percent(probability)} sure of ${what}, and ${percent(threshold)} is needed`
  switch (rule) {
    case 'threshold':
      return `The model is ${numbers}.`
    case 'kept':
      return `The model is ${numbers}: too close to change its mind.`
    case 'few_words':
      return `The model is ${numbers}, but so few words do not stop the agent yet.`
    case 'half_answer':
      return 'The words are the beginning of what the agent asked for, so it waits for the rest.'
    case 'false_interruption':
      return 'The words that stopped the agent are no interruption after all: after some silence it may go on.'
    default:
      return action === 'start_speaking' ? 'Silence has lasted long enough.' : 'Silence has not lasted long enough.'
  }
}

function isOfSpeakingAgent({ excluded }: DecisionReason): boolean {
  return excluded.includes('start_speaking')
}
