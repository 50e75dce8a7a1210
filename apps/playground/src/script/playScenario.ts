import type { Beat } from '../stage/performance.js'
import type { AgentTurn, Scenario, UserTurn } from './scenarios.js'
import { type Step, splitWords } from './step.js'

/** How long a word takes to say, ms. */
export const WORD_MS = 280
const PAUSE_MS = 800

/** A step before it is placed in time. */
type Move = Step extends infer Kind ? (Kind extends Step ? Omit<Kind, 'pauseMs' | 'atMs'> : never) : never

/** The steps of a scenario, one after the other; each is to be answered with what was decided about it. */
export type Playing = Generator<Step, void, Beat>

/** Plays a scenario: what comes next depends on what is decided, as an agent is to stop when it is interrupted. */
export function* playScenario({ turns }: Pick<Scenario, 'turns'>): Playing {
  let atMs = 0
  /** How long the agent waits before it speaks. */
  let waitMs = 0

  function* act(move: Move, pauseMs = 0): Generator<Step, Beat, Beat> {
    const isWord = move.kind === 'user' || move.kind === 'agent'
    atMs += pauseMs + (isWord ? WORD_MS : 0)
    const beat = yield { ...move, pauseMs, atMs }
    waitMs = beat.verdicts[0]?.decision.waitMs ?? waitMs
    return beat
  }

  function* playUser({ phrases, pauseMs = PAUSE_MS }: UserTurn): Generator<Step, void, Beat> {
    for (const [place, phrase] of phrases.entries()) {
      for (const [index, word] of splitWords(phrase).entries()) {
        yield* act({ kind: 'user', word }, place > 0 && index === 0 ? pauseMs : 0)
      }
    }
    yield* act({ kind: 'settle' })
  }

  function* playAgent({ text, expect, overlaps = [] }: AgentTurn): Generator<Step, void, Beat> {
    const words = splitWords(text)
    yield* act({ kind: 'expect', expect })
    for (const [index, word] of words.entries()) {
      yield* act({ kind: 'agent', word }, index === 0 ? waitMs : 0)
      for (const overlap of overlaps) {
        if (overlap.afterWords !== index + 1) continue
        const wasStopped = yield* playOverlap(overlap.text)
        if (wasStopped) return
      }
    }
    yield* act({ kind: 'agentDone' })
    waitMs = 0
  }

  /** @returns whether the agent was stopped */
  function* playOverlap(text: string): Generator<Step, boolean, Beat> {
    let isSpeaking = true
    for (const word of splitWords(text)) {
      const { verdicts } = yield* act({ kind: 'user', word })
      if (isSpeaking && verdicts[0]?.decision.action === 'start_listening') {
        yield* act({ kind: 'agentDone' })
        isSpeaking = false
      }
    }
    yield* act({ kind: 'settle' })
    return !isSpeaking
  }

  for (const turn of turns) yield* turn.speaker === 'user' ? playUser(turn) : playAgent(turn)
}
