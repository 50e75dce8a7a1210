import { locateModel } from 'turnwise'
import type { App } from './app.js'
import { withProgress } from './loadModel.js'

/** What the argument of {@link locateWithProgress} can be, for the help. */
export const MODEL_ARGUMENT_HELP =
  'a model folder, or a hub id owner/name, downloaded if need be (default: TURNWISE_MODEL, else the bundled model)'

/** The folder of a model; a download shows its progress. */
export async function locateWithProgress(app: App, argument: string | undefined): Promise<string> {
  const model = argument ?? (app.terminal.environment.TURNWISE_MODEL || undefined)
  return withProgress(app, (onProgress) => locateModel({ model, onProgress }))
}
