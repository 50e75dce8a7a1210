import { type Signal, signal } from '@preact/signals'
import type { Voice } from '../browser/voice.js'
import { type Step, splitWords } from '../script/step.js'
import type { Beat } from '../stage/performance.js'
import type { Stage } from './stage.js'

/** After so long without a key, the word that is being typed counts as said, ms. */
const WORD_END_MS = 500

/** Over a speaking agent, an utterance is over after so long without a key, ms. */
const UTTERANCE_END_MS = 1200

/** The time between two keys of a word is no silence, ms. */
const SHORTEST_SILENCE_MS = 350

/** What the agent says, one after the other, when the user has written nothing for it. */
const AGENT_LINES = [
  'Sure, I can help with that. Let me just bring up your account, it will only take a moment, and then we can go through it together.',
  'Thank you. I have found two bookings under that name, one for this Thursday in the morning and one for the week after.',
  'Of course. Before I change anything, I should tell you that the new price applies from the first of next month.',
]

/** A conversation with whoever sits in front of the page. */
export interface Live {
  /** What the user is typing. */
  readonly draft: Signal<string>
  /** What the agent says next. */
  readonly agentLine: Signal<string>
  /** Whether it says so by itself when its turn has come. */
  readonly answersItself: Signal<boolean>
  readonly isAgentSpeaking: Signal<boolean>
  /** The user's utterance so far. @param isOver the utterance ends with it */
  write(text: string, isOver?: boolean): void
  /** As {@link write}, from a recogniser: every word is whole. */
  listen(text: string, isOver: boolean): void
  startAgent(text?: string): void
  stopAgent(): void
  /** Forgets what is being said, for another conversation. */
  leave(): void
}

/** What a live conversation needs beside a stage. */
export interface LiveOptions {
  /** How the agent speaks, asked for at each of its turns. */
  voice(): Voice
  /** Called when somebody begins to speak: nobody else is to. */
  onTakeOver(): void
}

export function createLive(stage: Stage, { voice, onTakeOver }: LiveOptions): Live {
  const draft = signal('')
  const agentLine = signal(AGENT_LINES[0] ?? '')
  const answersItself = signal(true)
  const isAgentSpeaking = signal(false)
  let heard: string[] = []
  let restOfAgent: string[] = []
  let silenceVoice: (() => void) | undefined
  let wordEnd: ReturnType<typeof setTimeout> | undefined
  let lastSoundMs: number | undefined
  let pauseMs = 0
  /** When the conversation began, on the page's clock; undefined while somebody else has it. */
  let beganMs: number | undefined
  let linesSaid = 0

  /** Somebody makes a sound now. @param shortestMs silence before it that counts as one */
  function sound(shortestMs = SHORTEST_SILENCE_MS): void {
    const nowMs = performance.now()
    if (beganMs === undefined) {
      onTakeOver()
      beganMs = nowMs - (stage.beats.value.at(-1)?.step.atMs ?? 0)
    }
    const silentMs = nowMs - (lastSoundMs ?? nowMs)
    if (silentMs >= shortestMs) pauseMs += silentMs
    lastSoundMs = nowMs
    stage.breakSilence()
  }

  /** The time of a sound, with the silence before it. */
  function time(): { pauseMs: number; atMs: number } {
    const silenceMs = Math.round(pauseMs)
    pauseMs = 0
    return { pauseMs: silenceMs, atMs: clock() }
  }

  function clock(): number {
    const nowMs = performance.now()
    return Math.round(nowMs - (beganMs ?? nowMs))
  }

  async function act(step: Step): Promise<void> {
    const beat = await stage.play(step)
    if (beat !== undefined && beat.verdicts.length > 0) await react(beat)
  }

  async function react({ verdicts }: Beat): Promise<void> {
    const decision = verdicts[0]?.decision
    if (decision === undefined) return
    if (isAgentSpeaking.value) {
      if (decision.action === 'start_listening') stopAgent()
      else return
    }
    if (!(await stage.waitSilence(decision.waitMs)) || isAgentSpeaking.value) return
    const goesOn = decision.reason.rule === 'false_interruption' && restOfAgent.length > 0
    if (goesOn) startAgent(restOfAgent.join(' '))
    else if (answersItself.value && agentLine.value.trim() !== '') startAgent()
  }

  function hear(words: readonly string[]): void {
    const differs = words.findIndex((word, index) => word !== heard[index])
    const same = differs === -1 ? words.length : differs
    const isTakenBack = same < heard.length
    const fresh = words.slice(same)
    heard = [...words]
    for (const [index, word] of (fresh.length === 0 && isTakenBack ? [''] : fresh).entries()) {
      const keep = index === 0 && isTakenBack ? { keep: same } : {}
      void act({ kind: 'user', ...time(), word, ...keep })
    }
  }

  function settle(): void {
    if (heard.length > 0) void stage.play({ kind: 'settle', pauseMs: 0, atMs: clock() })
    heard = []
    draft.value = ''
  }

  function endWord(words: readonly string[]): void {
    hear(words)
    if (isAgentSpeaking.value) wordEnd = setTimeout(settle, UTTERANCE_END_MS)
  }

  function startAgent(text = agentLine.value): void {
    const words = splitWords(text)
    if (words.length === 0 || isAgentSpeaking.value) return
    clearTimeout(wordEnd)
    sound(0)
    settle()
    isAgentSpeaking.value = true
    restOfAgent = words
    silenceVoice = voice()(words.join(' '), {
      onWord(word) {
        sound()
        restOfAgent = restOfAgent.slice(1)
        void act({ kind: 'agent', ...time(), word })
      },
      onEnd: finishAgent,
    })
    if (text === agentLine.value) {
      linesSaid += 1
      agentLine.value = AGENT_LINES[linesSaid % AGENT_LINES.length] ?? ''
    }
  }

  function finishAgent(): void {
    silenceVoice = undefined
    isAgentSpeaking.value = false
    void act({ kind: 'agentDone', ...time() })
  }

  function stopAgent(): void {
    if (silenceVoice === undefined) return
    silenceVoice()
    finishAgent()
  }

  return {
    draft,
    agentLine,
    answersItself,
    isAgentSpeaking,
    write(text, isOver = false) {
      sound()
      draft.value = text
      clearTimeout(wordEnd)
      const words = splitWords(text)
      hear(isOver || /\s$/u.test(text) ? words : words.slice(0, -1))
      if (isOver) settle()
      else wordEnd = setTimeout(() => endWord(words), WORD_END_MS)
    },
    listen(text, isOver) {
      sound()
      draft.value = text
      hear(splitWords(text))
      if (isOver) settle()
    },
    startAgent,
    stopAgent,
    leave() {
      clearTimeout(wordEnd)
      silenceVoice?.()
      silenceVoice = undefined
      isAgentSpeaking.value = false
      heard = []
      restOfAgent = []
      pauseMs = 0
      lastSoundMs = undefined
      beganMs = undefined
      draft.value = ''
    },
  }
}
