import { SILENT_ACTIONS, SPEAKING_ACTIONS } from './actions.js'
import { decide, probabilityAgainst, yieldedOf } from './decision.js'
import { TurnwiseError } from './errors.js'
import { type Expectation, validateExpectation } from './expectation.js'
import { type Judgement, judge, judgeSilence } from './judge.js'
import { createLatestQueue } from './latestQueue.js'
import { type Message, validateMessages, validateText } from './messages.js'
import type { ActionLogits, LanguageModel } from './model.js'
import { isPause, type Pace, spokenMs } from './pace.js'
import { DEFAULT_POLICY, resolvePolicy } from './policy.js'
import { type CachedAnswer, createPrefixCache } from './prefixCache.js'
import type { PromptEncoder } from './prompt.js'
import { SAVED_SESSION_VERSION, type SavedSession, type UserTurn, validateSavedSession } from './savedSession.js'
import type { Session, SessionDecision, SessionOptions } from './session.js'
import { wordsOf } from './spokenWords.js'
import { createTranscript } from './transcript.js'
import { validateTime } from './validateTime.js'

/** What a session needs of its detector. */
export interface SessionContext {
  readonly model: LanguageModel
  readonly prompts: PromptEncoder
  readonly temperature: number
  /** @throws TurnwiseError DETECTOR_CLOSED */
  throwIfClosed(): void
}

type Turn = { -readonly [Key in keyof UserTurn]: UserTurn[Key] }

/** The moment that a decision is about. */
interface Moment {
  readonly messages: readonly Message[]
  readonly turn: Turn
  readonly text: string
  readonly pace: Pace
  readonly agentSpeaking: boolean
  readonly wasStopped: boolean
  readonly expect: Expectation | undefined
}

interface Answer {
  readonly moment: Moment
  readonly logits: ActionLogits
  readonly decision: SessionDecision
}

/** @throws TurnwiseError as `validateMessages`, INVALID_POLICY, INVALID_OPTION, INVALID_SAVED_SESSION */
export function createSession(context: SessionContext, options: SessionOptions | SavedSession): Session {
  const { model, prompts, temperature } = context
  const saved = savedOf(options)
  const given: unknown = options.messages ?? []
  validateMessages(given)
  validateExpectation(options.expect)
  const policy = resolvePolicy(options.policy ?? DEFAULT_POLICY)
  const transcript = createTranscript(prompts, given)
  const cache = createPrefixCache(model, prompts.triggerTokens.length)
  const queue = createLatestQueue(decideAbout)
  let expect = options.expect
  let agentText = saved?.agentText
  let wasStopped = saved?.wasStopped ?? false
  let turn: Turn | undefined = saved?.turn === undefined ? undefined : { ...saved.turn }
  let held = saved?.held ?? 0
  let answered = saved?.answered ?? 0
  let lastAnswer: { readonly prompt: readonly number[]; readonly logits: ActionLogits } | undefined
  let closed = false

  function throwIfClosed(): void {
    context.throwIfClosed()
    if (closed) throw new TurnwiseError('SESSION_CLOSED', 'The session is closed.')
  }

  /** The messages that are being said now. */
  function currentMessages(): Message[] {
    const messages: Message[] = []
    if (agentText !== undefined) messages.push({ role: 'assistant', content: agentText })
    if (turn !== undefined) messages.push({ role: 'user', content: turn.text })
    return messages
  }

  /** The user's words become a part of the history, unless they only showed that the user listens. */
  function settleTurn(): void {
    if (turn !== undefined && !turn.isBackchannel) {
      transcript.push({ role: 'user', content: turn.text })
      if (wordsOf(turn.text).length > 0) answered += 1
    }
    turn = undefined
    wasStopped = false
  }

  function momentOf(turn: Turn): Moment {
    const current = currentMessages()
    transcript.makeRoom(current)
    const messages = [...transcript.messages, ...current]
    const pace = { turnMs: turnMsOf(turn), held, answered }
    return { messages, turn, text: turn.text, pace, agentSpeaking: agentText !== undefined, wasStopped, expect }
  }

  async function answerPrompt(prompt: readonly number[]): Promise<CachedAnswer> {
    if (lastAnswer !== undefined && isEqual(lastAnswer.prompt, prompt))
      return { logits: lastAnswer.logits, tokensRun: 0 }
    const answer = await cache.answer(prompt)
    lastAnswer = { prompt, logits: answer.logits }
    return answer
  }

  async function decideAbout(moment: Moment): Promise<Answer> {
    context.throwIfClosed()
    const { turn, text, pace, agentSpeaking, wasStopped, expect } = moment
    const { logits, tokensRun } = await answerPrompt(prompts.encode(moment.messages))
    const judgement = judge(policy, {
      completion: probabilityAgainst(logits, ...SILENT_ACTIONS, temperature),
      interruption: probabilityAgainst(logits, ...SPEAKING_ACTIONS, temperature),
      agentSpeaking,
      text,
      pace: { ...pace, yielded: yieldedOf(logits) },
      expect,
      lastAction: turn.lastAction,
      wasStopped,
    })
    turn.lastAction = judgement.action
    if (turn.text === text) turn.isBackchannel = judgement.action === 'continue_speaking'
    return { moment, logits, decision: decisionOf(logits, judgement, agentSpeaking, tokensRun) }
  }

  function decisionOf(
    logits: ActionLogits,
    judgement: Judgement,
    agentSpeaking: boolean,
    tokensRun: number,
  ): SessionDecision {
    const best = decide(logits, { temperature, agentSpeaking, tokensRun })
    const confidence = best.action === judgement.action ? best.confidence : 1 - best.confidence
    return { ...best, ...judgement, confidence }
  }

  return {
    get messages() {
      return [...transcript.messages, ...currentMessages()]
    },
    get isAgentSpeaking() {
      return agentText !== undefined
    },
    agentSpeaking(text) {
      throwIfClosed()
      validateText(text, "The agent's text")
      if (agentText === undefined) settleTurn()
      agentText = text
    },
    agentFinished(text = agentText ?? '') {
      throwIfClosed()
      validateText(text, "The agent's text")
      if (agentText === undefined && text === '') return
      transcript.push({ role: 'assistant', content: text })
      agentText = undefined
      if (turn?.isBackchannel === true) turn = undefined
      wasStopped = turn?.lastAction === 'start_listening'
    },
    expecting(next) {
      throwIfClosed()
      validateExpectation(next)
      expect = next
    },
    addMessage(message) {
      throwIfClosed()
      validateMessages([message])
      // What is said over a speaking agent belongs after its words.
      if (agentText === undefined) settleTurn()
      transcript.push(message)
    },
    async hear(partial, { final = false, atMs = Date.now(), signal } = {}) {
      throwIfClosed()
      validateText(partial, "The user's text")
      validateTime(atMs)
      const settledText = turn?.settledText ?? ''
      const text = settledText === '' ? partial : `${settledText} ${partial}`.trimEnd()
      validateText(text, "The user's turn")
      // A final transcript often only adds punctuation, long after the words.
      const isSaidBefore = turn !== undefined && isEqual(wordsOf(turn.text), wordsOf(text))
      // What words take to say is no silence: a turn begins so long before its first are heard, and a pause is shorter.
      const saidMs = spokenMs(turn?.text ?? '')
      const newMs = spokenMs(text) - saidMs
      turn ??= { settledText, text, startedAtMs: atMs, spokeAtMs: atMs, isBackchannel: false }
      if (saidMs === 0) turn.startedAtMs = atMs - newMs
      else if (newMs > 0 && agentText === undefined && isPause(atMs - turn.spokeAtMs - newMs)) held += 1
      if (!isSaidBefore) turn.spokeAtMs = atMs
      if (turn.text !== text) turn.isBackchannel = false
      turn.text = text
      if (final) turn.settledText = text
      const { decision } = await queue.ask(momentOf(turn), signal)
      return decision
    },
    async userSilent(atMs = Date.now()) {
      throwIfClosed()
      validateTime(atMs)
      if (turn === undefined) return undefined
      const { moment, logits, decision } = await queue.ask(momentOf(turn))
      const silenceMs = Math.max(0, atMs - moment.turn.spokeAtMs)
      const judgement = judgeSilence(decision, silenceMs, moment.agentSpeaking)
      const goesOn = judgement.action === 'start_speaking' && judgement.reason.rule === 'false_interruption'
      if (goesOn && moment.turn.text === moment.text) moment.turn.isBackchannel = true
      return decisionOf(logits, judgement, moment.agentSpeaking, decision.tokensRun)
    },
    toJSON() {
      const messages = [...transcript.messages]
      const formatVersion = SAVED_SESSION_VERSION
      const state = { expect, agentText, wasStopped, turn: turn && { ...turn }, held, answered }
      return { formatVersion, messages, policy, ...state }
    },
    async close() {
      closed = true
      await queue.idle()
      cache.clear()
    },
  }
}

/** What to go on from, if the options are a saved session. */
function savedOf(options: SessionOptions | SavedSession): SavedSession | undefined {
  if (!('formatVersion' in options)) return undefined
  validateSavedSession(options)
  return options
}

/** From the first word to the last; a finite number even where the clock has run from one end of numbers to the other. */
function turnMsOf({ text, startedAtMs, spokeAtMs }: UserTurn): number {
  return Math.min(Number.MAX_VALUE, Math.max(spokenMs(text), spokeAtMs - startedAtMs))
}

function isEqual<Item>(left: readonly Item[], right: readonly Item[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index])
}
