import { type ActionLogits, createDetector, type Detector, type LanguageModel } from '@turnwise/core'
import { createFakeModel, createFakeTokenizer, FAKE_MANIFEST } from '@turnwise/core/testing'
import { onTestFinished } from 'vitest'
import { createServer, type Server, type ServerOptions } from '../createServer.js'

/** Logits that make one action almost certain. */
export const LOGITS = {
  startSpeaking: [9, 0, 0, 0],
  continueListening: [0, 9, 0, 0],
  startListening: [0, 0, 9, 0],
  continueSpeaking: [0, 0, 0, 9],
} as const satisfies Record<string, ActionLogits>

/** A conversation about which everything can be decided. */
export const MESSAGES = [{ role: 'user' as const, content: 'hello' }]

/** A model that waits until it is let go, so that a test sees what happens meanwhile. */
export interface HeldModel extends LanguageModel {
  /** How many runs wait. */
  readonly held: number
  /** Lets what waits run, and from now on everything. */
  release(): void
  /** Lets the oldest run go. */
  releaseOne(): void
}

export function createHeldModel(): HeldModel {
  const model = createFakeModel()
  const waiting: (() => void)[] = []
  let isOpen = false
  return {
    maxBatchSize: model.maxBatchSize,
    maxBatchTokens: model.maxBatchTokens,
    get held() {
      return waiting.length
    },
    async run(requests, signal) {
      if (!isOpen) await new Promise<void>((resolve) => waiting.push(resolve))
      return model.run(requests, signal)
    },
    close: () => model.close(),
    releaseOne: () => waiting.shift()?.(),
    release() {
      isOpen = true
      for (const go of waiting.splice(0)) go()
    },
  }
}

export function createFakeDetector(model: LanguageModel = createFakeModel()): Detector {
  return createDetector(model, createFakeTokenizer(), FAKE_MANIFEST)
}

/** What the server wrote to its log. */
export interface FakeServer extends Server {
  readonly log: readonly string[]
}

/** A server over a model without weights; it is closed when the test is finished. */
export async function createFakeServer(
  options: Partial<ServerOptions> & { readonly model?: LanguageModel } = {},
): Promise<FakeServer> {
  const { model, ...others } = options
  const log: string[] = []
  const server = await createServer({
    detector: createFakeDetector(model),
    log: { write: (line) => void log.push(line) },
    ...others,
  })
  onTestFinished(() => server.close(0))
  return Object.assign(server, { log })
}
