import { batch, computed, type ReadonlySignal, signal } from '@preact/signals'
import type { Step } from '../script/step.js'
import { type Beat, createPerformance, type Judge, type Performance } from '../stage/performance.js'
import { type Cell, lastUserCell, toScore, type WordCell } from '../stage/score.js'

/** A silence that is running now. */
export interface Silence {
  readonly waitMs: number
  /** It has lasted that long: the agent may speak. */
  readonly isOver: boolean
}

/** The conversation on the page. */
export interface Stage {
  readonly beats: ReadonlySignal<readonly Beat[]>
  readonly cells: ReadonlySignal<readonly Cell[]>
  readonly judges: ReadonlySignal<readonly Judge[]>
  readonly silence: ReadonlySignal<Silence | undefined>
  /** What went wrong, a sentence. */
  readonly problem: ReadonlySignal<string | undefined>
  /** The word that is looked at: the one chosen, or the newest. */
  readonly focus: ReadonlySignal<WordCell | undefined>
  /** The conversation's steps, also those that are still to be played again while it is being opened. */
  steps(): readonly Step[]
  choose(index: number | undefined): void
  /** Plays a step; undefined if it could not be decided about, or the conversation was left meanwhile. */
  play(step: Step): Promise<Beat | undefined>
  /** Leaves the conversation for another one; by default for an empty one before the same judges. */
  open(steps?: readonly Step[], judges?: readonly Judge[]): Promise<void>
  /** Runs a silence down: true when it has lasted as long as it was to, false if something broke it. */
  waitSilence(waitMs: number): Promise<boolean>
  breakSilence(): void
  /** Whoever was speaking is done: somebody else goes on with the conversation. */
  rest(): void
}

export function createStage(first: Judge): Stage {
  const beats = signal<readonly Beat[]>([])
  const cells = computed(() => toScore(beats.value))
  const judges = signal<readonly Judge[]>([first])
  const silence = signal<Silence | undefined>(undefined)
  const problem = signal<string | undefined>(undefined)
  const chosen = signal<number | undefined>(undefined)
  let performance: Performance = createPerformance(judges.value)
  /** The steps that are being played again. */
  let opening: readonly Step[] | undefined
  let endSilence: (() => void) | undefined

  const focus = computed(() => {
    const found = cells.value.find((cell) => cell.index === chosen.value && cell.kind === 'user')
    return found?.kind === 'user' ? found : lastUserCell(cells.value)
  })

  function breakSilence(): void {
    endSilence?.()
    silence.value = undefined
  }

  async function play(step: Step): Promise<Beat | undefined> {
    const current = performance
    try {
      const beat = await current.play(step)
      if (current !== performance) return undefined
      batch(() => {
        beats.value = [...beats.value, beat]
        // The newest word is of more interest than one looked at before.
        if (beat.verdicts.length > 0) chosen.value = undefined
      })
      return beat
    } catch {
      if (current === performance) problem.value = 'The model failed at this word. Start again, or load the page again.'
      return undefined
    }
  }

  return {
    beats,
    cells,
    judges,
    silence,
    problem,
    focus,
    steps: () => opening ?? beats.value.map(({ step }) => step),
    choose(index) {
      chosen.value = index
    },
    play,
    async open(steps = [], next = judges.value) {
      const left = performance.close()
      breakSilence()
      const run = [...steps]
      opening = run
      performance = createPerformance(next)
      batch(() => {
        judges.value = next
        beats.value = []
        chosen.value = undefined
        problem.value = undefined
      })
      for (const step of run) {
        // What is left of it is no part of what was opened, or said, meanwhile.
        if (opening !== run) break
        await play(step)
      }
      if (opening === run) opening = undefined
      await left
    },
    waitSilence(waitMs) {
      breakSilence()
      silence.value = { waitMs, isOver: false }
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          endSilence = undefined
          silence.value = { waitMs, isOver: true }
          resolve(true)
        }, waitMs)
        endSilence = () => {
          clearTimeout(timer)
          endSilence = undefined
          resolve(false)
        }
      })
    },
    breakSilence,
    rest() {
      opening = undefined
      const steps = beats.value.map(({ step }) => step)
      const last = steps.at(-1)
      if (last === undefined || last.kind === 'settle' || last.kind === 'agentDone') return
      const isAgentSpeaking = steps.findLast(({ kind }) => kind === 'agent' || kind === 'agentDone')?.kind === 'agent'
      void play({ kind: isAgentSpeaking ? 'agentDone' : 'settle', pauseMs: 0, atMs: last.atMs })
    },
  }
}
