import { type Signal, signal } from '@preact/signals'
import type { PolicyName, WebDetector } from '@turnwise/web'
import { findVoice, writtenVoice } from '../browser/voice.js'
import type { Turn } from '../script/scenarios.js'
import { decodeScript, encodeScript } from '../script/shareLink.js'
import { createLive, type Live } from './live.js'
import { createPlayer, type Player } from './player.js'
import { createStage, type Stage } from './stage.js'

/** All that the page does once there is a model. */
export interface Playground {
  readonly detector: WebDetector
  readonly stage: Stage
  readonly live: Live
  readonly player: Player
  /** Whether the agent is heard, and not only read. */
  readonly speaksAloud: Signal<boolean>
  playTurns(turns: readonly Turn[]): void
  /** An empty conversation. */
  clear(): void
  /** The same words, judged anew. */
  judgeBy(policy: PolicyName, rival: PolicyName | undefined): Promise<void>
  /** Opens the conversation of a link; false if the link is damaged. */
  openLink(fragment: string): boolean
  /** The fragment of a link to this conversation. */
  link(): string
}

export function createPlayground(detector: WebDetector): Playground {
  const speaksAloud = signal(false)
  const stage = createStage(detector)
  const player = createPlayer(stage)
  const live = createLive(stage, {
    voice: () => (speaksAloud.value ? (findVoice() ?? writtenVoice) : writtenVoice),
    onTakeOver() {
      player.stop()
      stage.rest()
    },
  })

  function leave(): void {
    player.stop()
    live.leave()
  }

  return {
    detector,
    stage,
    live,
    player,
    speaksAloud,
    playTurns(turns) {
      leave()
      void player.play(turns)
    },
    clear() {
      leave()
      void stage.open()
    },
    async judgeBy(policy, rival) {
      const { steps } = stage.script()
      leave()
      await stage.open({ steps, policy, rival })
    },
    openLink(fragment) {
      const script = decodeScript(fragment)
      if (script === undefined) return false
      leave()
      void stage.open(script)
      return true
    },
    link: () => encodeScript(stage.script()),
  }
}
