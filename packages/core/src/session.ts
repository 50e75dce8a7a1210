import type { CancelSignal } from './cancelSignal.js'
import type { Decision } from './decision.js'
import type { Expectation } from './expectation.js'
import type { DecisionReason } from './judge.js'
import type { Message } from './messages.js'
import type { Policy, PolicyName } from './policy.js'
import type { SavedSession } from './savedSession.js'

/** Options of `openSession`. */
export interface SessionOptions {
  /** What was said before the session, oldest first; may be empty. */
  readonly messages?: readonly Message[] | undefined
  /** What the agent has asked for. Default: a code where its words name how long it is, else nothing in particular. */
  readonly expect?: Expectation | undefined
  /** How probabilities become actions. Default: 'balanced'. */
  readonly policy?: PolicyName | Policy | undefined
}

/** Options of {@link Session.hear}. */
export interface HearOptions {
  /** The recogniser has settled these words: later calls give only what comes after them. Default: false. */
  readonly final?: boolean | undefined
  /** When the words were heard, ms on any clock that all calls share. Default: `Date.now()`. */
  readonly atMs?: number | undefined
  /** Ends this call; the words count all the same. */
  readonly signal?: CancelSignal | undefined
}

/** What the agent should do now, by what the words and the session's policy say. */
export interface SessionDecision extends Decision {
  /**
   * How long silence has to last, ms, before the agent speaks: after the user's last words when it comes from `hear`,
   * from now on when it comes from `userSilent`. 0 while the agent should go on speaking, and once it should speak.
   */
  readonly waitMs: number
  /** What the action rests on. */
  readonly reason: DecisionReason
}

/** A live conversation. It knows whether the agent speaks, and runs only what is new. */
export interface Session {
  /** The conversation as the model sees it now, the user's latest words last; as much of it as fits into a prompt. */
  readonly messages: readonly Message[]
  /** Whether the agent speaks now. */
  readonly isAgentSpeaking: boolean
  /**
   * The agent speaks. Call it when it begins and as it goes on.
   *
   * @param text all that it has said of this turn so far
   * @throws TurnwiseError INVALID_CONTENT, MALFORMED_TEXT, MESSAGE_TOO_LONG, SESSION_CLOSED
   */
  agentSpeaking(text: string): void
  /**
   * The agent has fallen silent, because it is done or was interrupted. Without {@link agentSpeaking} before, it has
   * spoken all of it now, after what the user has said.
   *
   * @param text what it has really said of this turn; by default the text last given
   * @throws TurnwiseError as {@link agentSpeaking}
   */
  agentFinished(text?: string): void
  /**
   * The agent has asked for something else. It holds until the next call.
   *
   * @param expect undefined: a code where the agent's words name how long it is ("your six-digit code"), else nothing in
   * particular
   * @throws TurnwiseError INVALID_OPTION, SESSION_CLOSED
   */
  expecting(expect: Expectation | undefined): void
  /**
   * Adds a message that was not spoken: a tool's result, keys pressed. It settles what the user has said.
   *
   * @throws TurnwiseError INVALID_MESSAGES, UNKNOWN_ROLE, INVALID_CONTENT, MALFORMED_TEXT, MESSAGE_TOO_LONG,
   *   SESSION_CLOSED
   */
  addMessage(message: Message): void
  /**
   * The user's words changed. One call runs at a time; of those that wait for it only the newest runs, and the others
   * are answered with its decision, the very same object.
   *
   * The words that a speaking agent answers, if they were not final and nothing else has been said since, are no new
   * turn: the text takes the place of theirs, and the agent goes on.
   *
   * @param partial all that the user has said of this turn so far, without segments given as final; words may be revised
   * @throws TurnwiseError INVALID_CONTENT, MALFORMED_TEXT, MESSAGE_TOO_LONG, INVALID_OPTION, ABORTED, OVERLOADED,
   *   SESSION_CLOSED, DETECTOR_CLOSED, MODEL_FAILED
   */
  hear(partial: string, options?: HearOptions): Promise<SessionDecision>
  /**
   * Nobody says anything: what now? start_speaking once silence has lasted long enough, otherwise continue_listening
   * and how much longer. Runs the model only if the messages have changed since the last decision. A speaking agent is
   * told what its words are worth, as by {@link hear}.
   *
   * @param atMs the time now, on the clock of {@link hear}; by default `Date.now()`
   * @returns undefined if the user has said nothing since the agent's last turn, or only empty transcripts that stopped
   *   no agent: there is nothing to decide about
   * @throws TurnwiseError INVALID_OPTION, OVERLOADED, SESSION_CLOSED, DETECTOR_CLOSED, MODEL_FAILED
   */
  userSilent(atMs?: number): Promise<SessionDecision | undefined>
  /** All that is needed to go on elsewhere: `openSession(saved)`. It holds what was said. */
  toJSON(): SavedSession
  /** Ends the session and frees what it kept. Calls made before are still answered. May be called again. */
  close(): Promise<void>
}
