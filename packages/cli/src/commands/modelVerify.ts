import type { Command } from 'commander'
import { verifyModel } from 'turnwise'
import type { App } from '../app.js'
import { EXIT_CODES } from '../exitCodes.js'
import { locateWithProgress, MODEL_ARGUMENT_HELP } from '../locateWithProgress.js'
import { renderFileReports } from '../render/fileReports.js'
import { write } from '../terminal.js'

const DETAILS = `
Ends with 1 if a file is missing or is not what turnwise.json says.

Examples:
  $ turnwise model verify
  $ turnwise model verify ./my-model`

export function addModelVerifyCommand(program: Command, app: App): void {
  program
    .command('verify')
    .description('Compares the files of a model with the sizes and SHA-256 checksums in its turnwise.json.')
    .argument('[model]', MODEL_ARGUMENT_HELP)
    .addHelpText('after', DETAILS)
    .action(async (model: string | undefined) => {
      const path = await locateWithProgress(app, model)
      const { manifest, files } = await verifyModel(path)
      const wrong = files.filter(({ error }) => error !== undefined).length
      if (wrong > 0) app.exitCode = EXIT_CODES.failure
      await write(app.terminal.output, renderFileReports(files, app.colors) + renderVerdict(wrong, files.length))
      if (files.length === 0) {
        const text = `${manifest.name} has no turnwise.json: its files can be read, there are no checksums to compare with.\n`
        await write(app.terminal.output, text)
      }
    })
}

function renderVerdict(wrong: number, all: number): string {
  if (all === 0) return ''
  return wrong === 0 ? `All ${all} files are right.\n` : `${wrong} of ${all} files are wrong.\n`
}
