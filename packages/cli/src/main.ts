import { createApp } from './app.js'
import { createProgram } from './program.js'
import { reportError } from './reportError.js'
import { createProcessTerminal, type Terminal } from './terminal.js'

/**
 * Runs the command.
 *
 * @param commandLine the arguments, without Node and the script
 * @returns the exit code
 */
export async function main(commandLine: readonly string[], terminal?: Terminal): Promise<number> {
  const app = createApp(commandLine, terminal ?? createProcessTerminal())
  try {
    await createProgram(app).parseAsync(commandLine, { from: 'user' })
    return app.exitCode
  } catch (error) {
    return reportError(error, app)
  }
}
