import { readdir, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { Command } from 'commander'
import { verifyModel } from 'turnwise'
import type { App } from '../app.js'
import { locateWithProgress, MODEL_ARGUMENT_HELP } from '../locateWithProgress.js'
import { renderModelFacts, type SizedFile } from '../render/modelFacts.js'
import { write } from '../terminal.js'

const DETAILS = `
Examples:
  $ turnwise model inspect
  $ turnwise model inspect ./my-model
  $ turnwise model inspect --json owner/name@v1.0`

export function addModelInspectCommand(program: Command, app: App): void {
  program
    .command('inspect')
    .description('Shows what is known of a model: its form, layers, tokens and files.')
    .argument('[model]', MODEL_ARGUMENT_HELP)
    .option('--json', 'the same as JSON')
    .addHelpText('after', DETAILS)
    .action(async (model: string | undefined, { json = false }: { json?: boolean }) => {
      const path = await locateWithProgress(app, model)
      const { manifest } = await verifyModel(path)
      const facts = { path, manifest, files: await listFiles(path) }
      await write(
        app.terminal.output,
        json ? `${JSON.stringify(facts, null, 2)}\n` : renderModelFacts(facts, app.colors),
      )
    })
}

async function listFiles(path: string): Promise<SizedFile[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)).split(sep).join('/'))
  return Promise.all(names.sort().map(async (name) => ({ name, sizeBytes: await sizeOf(join(path, name)) })))
}

/** Undefined for what cannot be read, as a link that leads nowhere. */
async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  )
}
