import type { Message } from '@turnwise/core'
import { messagesOf, type Stretch, stretchesOf } from './floor.js'
import { endOf, isBackchannel, isInterrupted, type Meeting, spokenText, startOf, type Unit } from './meeting.js'

/** What is heard at a word said over the agent. */
interface OverlapStep {
  /** The agent's words so far, and the user's up to this one. */
  readonly messages: readonly Message[]
  readonly words: number
  /** From the user's first word until this one is heard. */
  readonly heardMs: number
}

/** Somebody speaks while another does: the agent is the one who was speaking. */
export interface Overlap {
  readonly meeting: string
  /** `backchannel`: the speaker went on. `interruption`: broke off. */
  readonly kind: 'backchannel' | 'interruption'
  /** At every word. */
  readonly steps: readonly OverlapStep[]
}

/** So many words of an interruption are played; one that has not stopped the agent by then is missed. */
const MAX_WORDS = 8
/** The agent must have said so much that its words show it is in the middle. */
const MIN_AGENT_WORDS = 3
/** A backchannel lies well inside the other's unit, by its share. */
const INSIDE: readonly [number, number] = [0.25, 0.9]
/** One who is interrupted has stopped by then. */
const MAX_STOP_MS = 2000

/**
 * The overlaps of a meeting whose sense is sure. A backchannel: tagged as one, it begins well inside another's unit,
 * which goes on after it. An interruption: no backchannel and no floor holder, of two words or more, it begins inside
 * another's unit that is tagged as interrupted and ends within two seconds.
 *
 * @param lagMs how long after a word's end it is heard
 */
export function overlapsOf(meeting: Meeting, lagMs: number): Overlap[] {
  const stretches = stretchesOf(meeting)
  return meeting.units.flatMap((unit, index): Overlap[] => {
    const agent = meeting.units
      .slice(Math.max(0, index - 30), index)
      .findLast((other) => other.speaker !== unit.speaker && !isBackchannel(other) && endOf(other) > startOf(unit))
    const kind = agent === undefined ? undefined : kindOf(unit, agent)
    if (agent === undefined || kind === undefined) return []
    const steps = stepsOf(unit, agent, stretches, lagMs)
    return steps.length === 0 ? [] : [{ meeting: meeting.id, kind, steps }]
  })
}

function kindOf(unit: Unit, agent: Unit): Overlap['kind'] | undefined {
  const durationMs = endOf(agent) - startOf(agent)
  const during = (startOf(unit) - startOf(agent)) / durationMs
  if (isBackchannel(unit)) {
    const goesOn = endOf(agent) > endOf(unit) && !agent.tag.includes('%')
    return goesOn && during > INSIDE[0] && during < INSIDE[1] ? 'backchannel' : undefined
  }
  const isSpeech = !/^(fh|z|h\b|b)/.test(unit.tag) && !unit.tag.includes('%') && unit.tag !== ''
  const stops = isInterrupted(agent) && endOf(agent) - startOf(unit) <= MAX_STOP_MS
  return isSpeech && stops && spokenText(unit.words).split(' ').length > 1 ? 'interruption' : undefined
}

/** What has begun from a moment on and before a unit: a stretch that goes on into the unit has been heard in part. */
function beforeUnit(stretches: readonly Stretch[], unit: Unit, fromMs: number): Pick<Stretch, 'speaker' | 'words'>[] {
  const untilMs = startOf(unit)
  return stretches
    .filter(({ startMs }) => startMs > fromMs && startMs < untilMs)
    .map(({ speaker, words }) => ({ speaker, words: words.filter((word) => word.startMs < untilMs) }))
}

function stepsOf(unit: Unit, agent: Unit, stretches: readonly Stretch[], lagMs: number): OverlapStep[] {
  const startMs = startOf(unit)
  // The agent's own words of its turn so far belong to what it is saying now.
  const context = messagesOf(beforeUnit(stretches, agent, startMs - 60_000), unit.speaker)
  const own = context.at(-1)?.role === 'assistant' ? context.pop() : undefined
  const steps: OverlapStep[] = []
  for (const [index, word] of unit.words.entries()) {
    const heard = spokenText(unit.words.slice(0, index + 1))
    const words = heard === '' ? 0 : heard.split(' ').length
    if (words === 0 || words === steps.at(-1)?.words) continue
    if (words > MAX_WORDS) break
    const heardAtMs = word.endMs + lagMs
    const said = spokenText(agent.words.filter((each) => each.startMs < heardAtMs))
    if (said.split(' ').length < MIN_AGENT_WORDS) return []
    const content = own === undefined ? said : `${own.content} ${said}`
    const messages: Message[] = [...context, { role: 'assistant', content }, { role: 'user', content: heard }]
    steps.push({ messages, words, heardMs: heardAtMs - startMs })
  }
  return steps
}
