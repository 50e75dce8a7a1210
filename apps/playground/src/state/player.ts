import { type ReadonlySignal, signal } from '@preact/signals'
import { playScenario, WORD_MS } from '../script/playScenario.js'
import type { Turn } from '../script/scenarios.js'
import type { Step } from '../script/step.js'
import type { Beat } from '../stage/performance.js'
import type { Stage } from './stage.js'

/** Plays scenarios at the pace of speech. */
export interface Player {
  readonly isPlaying: ReadonlySignal<boolean>
  /** Plays turns on an empty stage, until they end or something else is begun. */
  play(turns: readonly Turn[]): Promise<void>
  /** Plays what is left at once. */
  hurry(): void
  /** Stays where it is. */
  stop(): void
}

export function createPlayer(stage: Stage): Player {
  const isPlaying = signal(false)
  /** The run that may go on. */
  let current: object | undefined
  let isHurried = false
  let wake: (() => void) | undefined

  function delay(delayMs: number): Promise<void> {
    if (isHurried || delayMs <= 0) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** The time before a step, with its silence to be seen. */
  async function pass({ kind, pauseMs }: Step, before: Beat | undefined): Promise<void> {
    const waitMs = before?.verdicts[0]?.decision.waitMs
    if (pauseMs > 0 && waitMs !== undefined && !isHurried) void stage.waitSilence(waitMs)
    await delay(pauseMs)
    stage.breakSilence()
    if (kind === 'user' || kind === 'agent') await delay(WORD_MS)
  }

  function stop(): void {
    if (current === undefined) return
    current = undefined
    stage.rest()
    isPlaying.value = false
    wake?.()
  }

  return {
    isPlaying,
    async play(turns) {
      stop()
      const run = {}
      current = run
      isHurried = false
      await stage.open()
      if (current !== run) return
      isPlaying.value = true
      const steps = playScenario({ turns })
      let heard: Beat | undefined
      let next = steps.next()
      while (next.done !== true) {
        await pass(next.value, heard)
        if (current !== run) return
        const beat = await stage.play(next.value)
        if (beat === undefined || current !== run) break
        if (beat.verdicts.length > 0) heard = beat
        next = steps.next(beat)
      }
      if (current !== run) return
      stop()
      const last = stage.beats.value.findLast(({ verdicts }) => verdicts.length > 0)?.verdicts[0]
      if (last !== undefined && stage.beats.value.at(-1)?.step.kind === 'settle') {
        void stage.waitSilence(last.decision.waitMs)
      }
    },
    hurry() {
      isHurried = true
      wake?.()
    },
    stop,
  }
}
