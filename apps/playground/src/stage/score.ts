import type { AgentStep, UserStep } from '../script/step.js'
import type { Beat, Verdict } from './performance.js'

/** Shorter silences between the words of one speaker are no pause, ms. */
const SHORTEST_PAUSE_MS = 350

/** A place in the timeline. */
export type Cell = WordCell | PauseCell

/** A word of the user or of the agent. */
export interface WordCell {
  readonly kind: 'user' | 'agent'
  /** Index of its beat. */
  readonly index: number
  readonly word: string
  /** Whether the agent is being heard. */
  readonly agentSpeaking: boolean
  /** The agent's turn begins with this word. */
  readonly begins: boolean
  /** The agent falls silent after this word; `stopped`: it was interrupted. */
  readonly ends?: 'finished' | 'stopped' | undefined
  /** The recogniser had understood something else here. */
  readonly revised: boolean
  readonly verdicts: readonly Verdict[]
  /** Of each verdict, whether its action is new in this utterance. */
  readonly changes: readonly boolean[]
}

/** A silence. */
export interface PauseCell {
  readonly kind: 'pause'
  readonly index: number
  readonly durationMs: number
  /** Of each judge, the wait that was chosen, ms; empty if nothing had been decided. */
  readonly waitsMs: readonly number[]
}

type Draft = { -readonly [Key in keyof WordCell]: WordCell[Key] }

/** The beats as they are to be seen: words that were taken back are left out. */
export function toScore(beats: readonly Beat[]): Cell[] {
  const cells: (Draft | PauseCell)[] = []
  /** The words of the utterance, which can still be taken back. */
  let utterance: Draft[] = []
  let before: Draft | undefined
  /** The last word that was said while the agent spoke. */
  let overlapped: Draft | undefined

  function addPause(index: number, { step, agentSpeaking }: Beat): void {
    const shortestMs = step.kind === 'agent' ? 1 : SHORTEST_PAUSE_MS
    if (step.pauseMs < shortestMs || agentSpeaking || cells.length === 0) return
    const waitsMs = (before?.verdicts ?? []).map(({ decision }) => decision.waitMs)
    cells.push({ kind: 'pause', index, durationMs: step.pauseMs, waitsMs })
  }

  function takeBack(keep: number): boolean {
    const gone = utterance.splice(keep)
    for (const cell of gone) cells.splice(cells.indexOf(cell), 1)
    // Pauses between words that are gone.
    while (gone.length > 0 && cells.at(-1)?.kind === 'pause') cells.pop()
    if (gone.length > 0) before = utterance.at(-1)
    return gone.length > 0
  }

  function addUserWord(index: number, step: UserStep, { verdicts, agentSpeaking }: Beat): void {
    const revised = takeBack(step.keep ?? utterance.length)
    if (step.word === '') {
      const last = utterance.at(-1)
      if (last !== undefined) last.verdicts = verdicts
      return
    }
    addPause(index, { step, agentSpeaking, verdicts, messages: [] })
    const changes = verdicts.map(
      ({ decision }, place) => before?.verdicts[place]?.decision.action !== decision.action || utterance.length === 0,
    )
    const { word } = step
    before = { kind: 'user', index, word, agentSpeaking, begins: false, revised, verdicts, changes }
    cells.push(before)
    utterance.push(before)
    if (agentSpeaking) overlapped = before
  }

  function addAgentWord(index: number, step: AgentStep, beat: Beat): void {
    addPause(index, beat)
    const begins = !beat.agentSpeaking
    if (begins) {
      utterance = []
      before = undefined
    }
    const { word } = step
    overlapped = {
      kind: 'agent',
      index,
      word,
      agentSpeaking: true,
      begins,
      revised: false,
      verdicts: [],
      changes: [],
    }
    cells.push(overlapped)
  }

  for (const [index, beat] of beats.entries()) {
    const { step } = beat
    if (step.kind === 'user') addUserWord(index, step, beat)
    else if (step.kind === 'agent') addAgentWord(index, step, beat)
    else if (step.kind === 'settle') utterance = []
    else if (step.kind === 'agentDone' && overlapped !== undefined) {
      const wasStopped = before?.verdicts[0]?.decision.action === 'start_listening'
      overlapped.ends = wasStopped ? 'stopped' : 'finished'
      if (!wasStopped) before = undefined
    }
  }
  return cells
}

/** The last word of the user in the score: what is decided now. */
export function lastUserCell(cells: readonly Cell[]): WordCell | undefined {
  return cells.findLast((cell): cell is WordCell => cell.kind === 'user')
}
