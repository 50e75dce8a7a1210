import { CommanderError } from 'commander'
import { TurnwiseError } from 'turnwise'
import type { App } from './app.js'
import { EXIT_CODES } from './exitCodes.js'
import { InterruptedError } from './interruptedError.js'
import { OutputClosedError } from './terminal.js'

/**
 * Says on the stream of errors what went wrong and what to do, and returns how the command ends.
 *
 * Only the messages of a TurnwiseError are shown: others may quote what was said. `TURNWISE_DEBUG=1` shows all.
 */
export function reportError(error: unknown, { terminal, errorColors }: App): number {
  if (error instanceof OutputClosedError) return EXIT_CODES.ok
  // Commander has written its message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage
  if (error instanceof InterruptedError) {
    terminal.errors.write(`${error.message}\n`)
    return EXIT_CODES.interrupted
  }
  terminal.errors.write(`${errorColors.red('error')} ${describeError(error)}\n`)
  if (terminal.environment.TURNWISE_DEBUG && error instanceof Error) {
    terminal.errors.write(`${errorColors.dim(describeCauses(error).join('\ncaused by '))}\n`)
  }
  return EXIT_CODES.failure
}

function describeError(error: unknown): string {
  if (error instanceof TurnwiseError) return `${error.code}: ${error.message}`
  const kind = error instanceof Error ? error.name : typeof error
  return `UNEXPECTED: ${kind}. This is a bug. Set TURNWISE_DEBUG=1 to see where; it may show words of the conversation.`
}

function describeCauses(error: Error): string[] {
  const causes: string[] = []
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    causes.push(cause.stack ?? String(cause))
  return causes
}
