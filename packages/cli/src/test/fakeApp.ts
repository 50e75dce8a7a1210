import { type ActionLogits, createDetector, type Detector } from '@turnwise/core'
import { createFakeModel, createFakeTokenizer, FAKE_MANIFEST, type FakeModel } from '@turnwise/core/testing'
import type { LoadOptions } from 'turnwise'
import { type App, createApp } from '../app.js'
import { createProgram } from '../program.js'
import { reportError } from '../reportError.js'
import { createFakeTerminal, type FakeTerminal, type FakeTerminalOptions } from './fakeTerminal.js'

/** Logits that make one action almost certain. */
export const LOGITS = {
  startSpeaking: [9, 0, 0, 0],
  continueListening: [0, 9, 0, 0],
  startListening: [0, 0, 9, 0],
  continueSpeaking: [0, 0, 0, 9],
} as const satisfies Record<string, ActionLogits>

/** A detector without weights. `logits` sees the text of the prompt, special tokens left out. */
export function createFakeDetector(logits?: (text: string) => ActionLogits): { detector: Detector; model: FakeModel } {
  const model = createFakeModel(logits === undefined ? {} : { logits: (prompt) => logits(decode(prompt)) })
  return { model, detector: createDetector(model, createFakeTokenizer(), FAKE_MANIFEST) }
}

/** The command with a fake terminal and a fake model. */
export interface FakeApp {
  readonly app: App
  readonly terminal: FakeTerminal
  readonly model: FakeModel
  /** What was asked to be loaded. */
  readonly loaded: readonly LoadOptions[]
  /** Runs the command; its exit code. */
  run(...commandLine: string[]): Promise<number>
}

export interface FakeAppOptions extends FakeTerminalOptions {
  /** As for {@link createFakeDetector}. */
  readonly logits?: (text: string) => ActionLogits
  /** By default there is a folder, and no page in it. */
  readonly findPlayground?: App['findPlayground']
  /** By default the process is never told to stop. */
  readonly stopSignal?: App['stopSignal']
}

export function createFakeApp(options: FakeAppOptions = {}): FakeApp {
  const terminal = createFakeTerminal(options)
  const { detector, model } = createFakeDetector(options.logits)
  const { stopSignal = () => new Promise(() => undefined), findPlayground = () => '/nowhere' } = options
  const loaded: LoadOptions[] = []
  const loadDetector: App['loadDetector'] = async (options) => {
    loaded.push(options)
    return { ...detector, runtime: 'native' }
  }
  const app: App = { ...createApp([], terminal), loadDetector, findPlayground, stopSignal }
  return {
    app,
    terminal,
    model,
    loaded,
    async run(...commandLine) {
      try {
        await createProgram(app).parseAsync(commandLine, { from: 'user' })
        return app.exitCode
      } catch (error) {
        return reportError(error, app)
      }
    },
  }
}

/** The fake tokenizer has a token a character, after sixteen special ones. */
function decode(prompt: readonly number[]): string {
  return String.fromCharCode(...prompt.filter((token) => token >= 16).map((token) => token - 16))
}
