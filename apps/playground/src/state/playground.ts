import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { LoadOptions, PolicyName, WebDetector } from '@turnwise/web'
import { findVoice, writtenVoice } from '../browser/voice.js'
import type { Turn } from '../script/scenarios.js'
import { decodeScript, encodeScript } from '../script/shareLink.js'
import type { Judge } from '../stage/performance.js'
import { createLive, type Live } from './live.js'
import type { Model } from './model.js'
import { createPlayer, type Player } from './player.js'
import { createStage, type Stage } from './stage.js'

/** All that the page does once there is a model. */
export interface Playground {
  readonly detector: WebDetector
  readonly stage: Stage
  readonly live: Live
  readonly player: Player
  /** How far a second model is, to be compared with the first. */
  readonly rivalModel: Model
  /** The second model, as soon as there is one. */
  readonly rivalDetector: Signal<WebDetector | undefined>
  /** Whether the agent is heard, and not only read. */
  readonly speaksAloud: Signal<boolean>
  /** What was played last, until somebody takes over. */
  readonly played: ReadonlySignal<readonly Turn[] | undefined>
  playTurns(turns: readonly Turn[]): void
  /** An empty conversation. */
  clear(): void
  /** The same words, judged anew: by the first model, and by the rival if there is one. */
  judgeBy(policy: PolicyName, rival: Judge | undefined): Promise<void>
  /** Loads a second model, and has it judge the same words. Never fails: `rivalModel.status` tells. */
  loadRival(source: LoadOptions['model']): Promise<void>
  /** Opens the conversation of a link; false if the link is damaged. */
  openLink(fragment: string): boolean
  /** The fragment of a link to this conversation, and to its policies. */
  link(): string
}

/** @param rivalModel one that has not been loaded */
export function createPlayground(detector: WebDetector, rivalModel: Model): Playground {
  const speaksAloud = signal(false)
  const played = signal<readonly Turn[] | undefined>(undefined)
  const rivalDetector = signal<WebDetector | undefined>(undefined)
  const stage = createStage({ detector, policy: 'balanced' })
  const player = createPlayer(stage)
  const live = createLive(stage, {
    voice: () => (speaksAloud.value ? (findVoice() ?? writtenVoice) : writtenVoice),
    onTakeOver() {
      played.value = undefined
      player.stop()
      stage.rest()
    },
  })

  function leave(): void {
    player.stop()
    live.leave()
  }

  async function judgeBy(policy: PolicyName, rival: Judge | undefined): Promise<void> {
    const steps = stage.steps()
    leave()
    const first = { detector, policy }
    await stage.open(steps, rival === undefined ? [first] : [first, rival])
  }

  return {
    detector,
    stage,
    live,
    player,
    rivalModel,
    rivalDetector,
    speaksAloud,
    played,
    playTurns(turns) {
      leave()
      played.value = turns
      void player.play(turns)
    },
    clear() {
      leave()
      played.value = undefined
      void stage.open()
    },
    judgeBy,
    async loadRival(source) {
      await rivalModel.load(source)
      const status = rivalModel.status.value
      if (status.kind !== 'ready') return
      const before = rivalDetector.value
      rivalDetector.value = status.detector
      const { policy = 'balanced' } = stage.judges.value[0] ?? {}
      await judgeBy(policy, { detector: status.detector, policy })
      await before?.close()
    },
    openLink(fragment) {
      const script = decodeScript(fragment)
      if (script === undefined) return false
      leave()
      played.value = undefined
      const policies = script.rival === undefined ? [script.policy] : [script.policy, script.rival]
      void stage.open(
        script.steps,
        policies.map((policy) => ({ detector, policy })),
      )
      return true
    },
    link() {
      const [first, rival] = stage.judges.value
      // A second model is on this device, or on this host only.
      const shared = rival?.detector === detector ? rival.policy : undefined
      return encodeScript({ steps: stage.steps(), policy: first?.policy ?? 'balanced', rival: shared })
    },
  }
}
