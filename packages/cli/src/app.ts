import picocolors from 'picocolors'
import { type LoadOptions, loadDetector, type NodeDetector } from 'turnwise'
import { EXIT_CODES } from './exitCodes.js'
import { findPlayground } from './findPlayground.js'
import type { Terminal } from './terminal.js'
import { useColor } from './useColor.js'

/** Paints texts, or leaves them as they are. */
export type Colors = ReturnType<typeof picocolors.createColors>

/** How a process is told to stop: by a person, or by what runs it. */
type StopSignal = 'SIGINT' | 'SIGTERM'

/** What every command is given. */
export interface App {
  readonly terminal: Terminal
  /** For the output. */
  readonly colors: Colors
  /** For the stream of errors. */
  readonly errorColors: Colors
  loadDetector(options: LoadOptions): Promise<NodeDetector>
  /** The folder that the page of the playground is built into; undefined outside of the repository. */
  findPlayground(): string | undefined
  /** When the process is told to stop. */
  stopSignal(): Promise<StopSignal>
  /** How the command ends if nothing is thrown. */
  exitCode: number
}

export function createApp(commandLine: readonly string[], terminal: Terminal): App {
  const { output, errors, environment } = terminal
  return {
    terminal,
    colors: picocolors.createColors(useColor(commandLine, environment, output)),
    errorColors: picocolors.createColors(useColor(commandLine, environment, errors)),
    loadDetector,
    findPlayground,
    stopSignal,
    exitCode: EXIT_CODES.ok,
  }
}

/** Told so a second time, the process ends as any does. */
function stopSignal(): Promise<StopSignal> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal))
  })
}
