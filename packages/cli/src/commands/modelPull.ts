import type { Command } from 'commander'
import { pullModel } from 'turnwise'
import type { App } from '../app.js'
import { withProgress } from '../loadModel.js'
import { write } from '../terminal.js'

const DETAILS = `
Prints the folder. A download that broke off goes on where it stopped, and what
was damaged since comes again. The bundled model needs no download.

Environment:
  TURNWISE_CACHE  where models are kept
  HF_TOKEN        a token for models that ask for it
  HF_ENDPOINT     the address of the hub
  HF_HUB_OFFLINE  1: never use the network

Examples:
  $ turnwise model pull owner/name
  $ turnwise model pull owner/name@v1.0
  $ turnwise predict --model owner/name "can you hear me"`

export function addModelPullCommand(program: Command, app: App): void {
  program
    .command('pull')
    .description('Downloads a model from the hub, or brings the downloaded one up to date.')
    .argument('<model>', 'a hub id: owner/name or owner/name@revision')
    .option('--cache-dir <folder>', 'where models are kept')
    .addHelpText('after', DETAILS)
    .action(async (model: string, { cacheDir }: { cacheDir?: string }) => {
      const path = await withProgress(app, (onProgress) => pullModel(model, { cacheDir, onProgress }))
      await write(app.terminal.output, `${path}\n`)
    })
}
