import { createMomentDecider, decisionOf, type Moment, type OpenTurn, type SessionContext } from './decideMoment.js'
import { TurnwiseError } from './errors.js'
import { codeAskedFor, validateExpectation } from './expectation.js'
import { judgeSilence } from './judge.js'
import { createLatestQueue } from './latestQueue.js'
import { type Message, validateMessages, validateText } from './messages.js'
import { isPause, spokenMs } from './pace.js'
import { DEFAULT_POLICY, resolvePolicy } from './policy.js'
import { endOf } from './prompt.js'
import { SAVED_SESSION_VERSION, type SavedSession, validateSavedSession } from './savedSession.js'
import type { Session, SessionOptions } from './session.js'
import { wordsOf } from './spokenWords.js'
import { createTranscript } from './transcript.js'
import { hasSameWords, isEmpty, joinSegments, turnMsOf } from './userTurn.js'
import { validateFlag, validateOptions } from './validateOptions.js'
import { validateTime } from './validateTime.js'

/** Recognisers settle words within a second or two of their end; later the same words are said again. */
const LATE_MS = 3000

/** @throws TurnwiseError as `validateMessages`, INVALID_POLICY, INVALID_OPTION, INVALID_SAVED_SESSION */
export function createSession(context: SessionContext, options: SessionOptions | SavedSession): Session {
  const { prompts, temperature } = context
  validateOptions(options)
  const saved = savedOf(options)
  const given: unknown = options.messages ?? []
  validateMessages(given)
  validateExpectation(options.expect)
  const policy = resolvePolicy(options.policy ?? DEFAULT_POLICY)
  const transcript = createTranscript(prompts, given)
  const decider = createMomentDecider(context, policy)
  const queue = createLatestQueue(decider.decide)
  let expect = options.expect
  let agentText = saved?.agentText
  let wasStopped = saved?.wasStopped ?? false
  let turn: OpenTurn | undefined = saved?.turn && { ...saved.turn }
  let lateTurn: OpenTurn | undefined = saved?.lateTurn && { ...saved.lateTurn }
  let held = saved?.held ?? 0
  let answered = saved?.answered ?? 0
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
    if (turn !== undefined && !isEmpty(turn)) {
      lateTurn = undefined
      if (!turn.isBackchannel) keepTurn(turn)
    }
    turn = undefined
    wasStopped = false
  }

  function keepTurn(turn: OpenTurn): void {
    transcript.push({ role: 'user', content: turn.text })
    if (wordsOf(turn.text).length === 0) return
    answered += 1
    if (turn.text !== turn.settledText) lateTurn = turn
  }

  function momentOf(turn: OpenTurn): Moment {
    const current = currentMessages()
    transcript.makeRoom(current)
    return momentAfter([...transcript.messages, ...current], turn)
  }

  function momentAfter(messages: readonly Message[], turn: OpenTurn): Moment {
    const pace = { turnMs: turnMsOf(turn), held, answered }
    const agentSpeaking = agentText !== undefined
    const isRepeated = turn === lateTurn
    const expected = expect ?? codeAskedFor(messages)
    return { messages, turn, text: turn.text, pace, agentSpeaking, wasStopped, expect: expected, isRepeated }
  }

  /**
   * The agent speaks, and this is no new turn but the one that it answers, from a recogniser that settles its words late:
   * the text takes the place of the message's.
   *
   * @returns the moment of that message; undefined if the user has said something else
   */
  function reviseLateTurn(partial: string, final: boolean, atMs: number): Moment | undefined {
    if (lateTurn === undefined || agentText === undefined || wordsOf(turn?.text ?? '').length > 0) return undefined
    if (atMs - lateTurn.spokeAtMs > LATE_MS) return undefined
    const text = joinSegments(lateTurn.settledText, partial)
    if (!hasSameWords(lateTurn.text, text)) return undefined
    validateText(text, "The user's turn")
    const messages = transcript.revise(text)
    if (messages === undefined) return undefined
    turn = undefined
    lateTurn.text = text
    const moment = momentAfter(messages, lateTurn)
    if (final) lateTurn = undefined
    return moment
  }

  /** The moment of a turn that begins or goes on. */
  function hearTurn(partial: string, final: boolean, atMs: number): Moment {
    const settledText = turn?.settledText ?? ''
    const text = joinSegments(settledText, partial)
    validateText(text, "The user's turn")
    const isSaidBefore = turn !== undefined && hasSameWords(turn.text, text)
    // What words take to say is no silence: a turn begins so long before its first are heard, and a pause is shorter.
    const saidMs = spokenMs(turn?.text ?? '')
    const newMs = spokenMs(text) - saidMs
    turn ??= { settledText, text, startedAtMs: atMs, spokeAtMs: atMs, isBackchannel: false }
    if (saidMs === 0) turn.startedAtMs = atMs - newMs
    else if (newMs > 0 && agentText === undefined && isPause(atMs - turn.spokeAtMs - newMs)) held += 1
    if (!isSaidBefore) turn.spokeAtMs = atMs
    if (turn.text !== text) turn.isBackchannel = false
    // Each later word has the whole turn read again, so that no more of it is kept than a prompt holds.
    turn.text = final ? endOf(text, prompts.maxTokens) : text
    if (final) turn.settledText = turn.text
    return momentOf(turn)
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
      // As if it had begun before: what the user said comes first.
      if (agentText === undefined) settleTurn()
      transcript.push({ role: 'assistant', content: text })
      agentText = undefined
      lateTurn = undefined
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
      if (message.role === 'user') lateTurn = undefined
      transcript.push(message)
    },
    async hear(partial, options = {}) {
      throwIfClosed()
      validateOptions(options)
      const { final = false, atMs = Date.now(), signal } = options
      validateFlag('final', final)
      validateText(partial, "The user's text")
      validateTime(atMs)
      const moment = reviseLateTurn(partial, final, atMs) ?? hearTurn(partial, final, atMs)
      const { decision } = await queue.ask(moment, signal)
      return decision
    },
    async userSilent(atMs = Date.now()) {
      throwIfClosed()
      validateTime(atMs)
      // Words that stopped the agent and were taken back leave it to go on.
      if (turn === undefined || (isEmpty(turn) && !wasStopped)) return undefined
      const { moment, logits, decision } = await queue.ask(momentOf(turn))
      const silenceMs = Math.max(0, atMs - moment.turn.spokeAtMs)
      const { agentSpeaking } = moment
      const judgement = judgeSilence(decision, silenceMs, agentSpeaking)
      const goesOn = judgement.action === 'start_speaking' && judgement.reason.rule === 'false_interruption'
      if (goesOn && moment.turn.text === moment.text) moment.turn.isBackchannel = true
      return decisionOf(logits, judgement, { temperature, agentSpeaking, tokensRun: decision.tokensRun })
    },
    toJSON() {
      const messages = [...transcript.messages]
      const formatVersion = SAVED_SESSION_VERSION
      const turns = { turn: turn && { ...turn }, lateTurn: lateTurn && { ...lateTurn } }
      return { formatVersion, messages, policy, expect, agentText, wasStopped, ...turns, held, answered }
    },
    async close() {
      closed = true
      await queue.idle()
      decider.clear()
    },
  }
}

/** What to go on from, if the options are a saved session. */
function savedOf(options: SessionOptions | SavedSession): SavedSession | undefined {
  if (!('formatVersion' in options)) return undefined
  validateSavedSession(options)
  return options
}
