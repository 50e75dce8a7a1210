import type { LanguageModel } from '@turnwise/core'
import { createFakeModel } from '@turnwise/core/testing'

/** A model that waits until it is let go. */
export interface HeldModel extends LanguageModel {
  /** How many runs wait. */
  readonly held: number
  release(): void
}

export function createHeldModel(): HeldModel {
  const model = createFakeModel()
  let waiting: (() => void)[] | undefined = []
  return {
    maxBatchSize: model.maxBatchSize,
    maxBatchTokens: model.maxBatchTokens,
    get held() {
      return waiting?.length ?? 0
    },
    async run(requests, signal) {
      if (waiting !== undefined) await new Promise<void>((resolve) => waiting?.push(resolve))
      return model.run(requests, signal)
    },
    close: () => model.close(),
    release() {
      const held = waiting ?? []
      waiting = undefined
      for (const go of held) go()
    },
  }
}
