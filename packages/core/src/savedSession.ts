import { ACTIONS, type Action } from './actions.js'
import { TurnwiseError } from './errors.js'
import { type Expectation, validateExpectation } from './expectation.js'
import { isRecord } from './json.js'
import { type Message, validateMessages, validateText } from './messages.js'
import { type Policy, resolvePolicy } from './policy.js'

/** The version of {@link SavedSession}. */
export const SAVED_SESSION_VERSION = 2

/** A user's turn. */
export interface UserTurn {
  /** The segments that the recogniser has settled, the end of them if they are longer than a prompt; then its partial. */
  readonly settledText: string
  readonly text: string
  /** When its first word began, ms, as far as its words and when they were heard tell. */
  readonly startedAtMs: number
  /** When the words last changed, ms. */
  readonly spokeAtMs: number
  /** The agent speaks over it, or should go on: it leaves no trace. */
  readonly isBackchannel: boolean
  /** The last action that was decided on in this turn. */
  readonly lastAction?: Action | undefined
}

/** What a session is apart from what can be computed again; JSON. */
export interface SavedSession {
  readonly formatVersion: typeof SAVED_SESSION_VERSION
  readonly messages: readonly Message[]
  readonly policy: Policy
  readonly expect?: Expectation | undefined
  /** What the agent has said of the turn that it is speaking. */
  readonly agentText?: string | undefined
  /** The agent is silent because the user interrupted it. */
  readonly wasStopped: boolean
  readonly turn?: UserTurn | undefined
  /** That of the user's last message, if it became one before its final transcript came. */
  readonly lateTurn?: UserTurn | undefined
  /** As in `Pace`. */
  readonly held: number
  readonly answered: number
}

/**
 * Checks a saved session that comes from outside.
 *
 * @throws TurnwiseError INVALID_SAVED_SESSION
 */
export function validateSavedSession(saved: unknown): asserts saved is SavedSession {
  if (!isRecord(saved) || saved.formatVersion !== SAVED_SESSION_VERSION) {
    throw new TurnwiseError('INVALID_SAVED_SESSION', `It is not of format version ${SAVED_SESSION_VERSION}.`)
  }
  const { messages, policy, expect, agentText, wasStopped, turn, lateTurn, held, answered } = saved
  try {
    validateMessages(messages)
    resolvePolicy(policy)
    validateExpectation(expect)
    if (agentText !== undefined) validateText(agentText, "The agent's text")
    if (typeof wasStopped !== 'boolean') throw damaged('wasStopped')
    if (turn !== undefined) validateTurn(turn, 'turn')
    if (lateTurn !== undefined) validateTurn(lateTurn, 'lateTurn')
    validateCount(held, 'held')
    validateCount(answered, 'answered')
  } catch (error) {
    if (!(error instanceof TurnwiseError) || error.code === 'INVALID_SAVED_SESSION') throw error
    throw new TurnwiseError('INVALID_SAVED_SESSION', 'A part of it is wrong.', { cause: error })
  }
}

function validateTurn(turn: unknown, place: string): void {
  if (!isRecord(turn)) throw damaged(place)
  validateText(turn.settledText, 'The settled text')
  validateText(turn.text, "The user's text")
  if (!Number.isFinite(turn.startedAtMs)) throw damaged(`${place}.startedAtMs`)
  if (!Number.isFinite(turn.spokeAtMs)) throw damaged(`${place}.spokeAtMs`)
  if (typeof turn.isBackchannel !== 'boolean') throw damaged(`${place}.isBackchannel`)
  const { lastAction } = turn
  if (lastAction !== undefined && !ACTIONS.some((action) => action === lastAction)) throw damaged(`${place}.lastAction`)
}

function validateCount(count: unknown, place: string): void {
  if (!Number.isSafeInteger(count) || Number(count) < 0) throw damaged(place)
}

function damaged(place: string): TurnwiseError {
  return new TurnwiseError('INVALID_SAVED_SESSION', `${place} is missing or wrong.`, { value: place })
}
