import { TurnwiseError } from '@turnwise/core'
import {
  createKey,
  createModelMetrics,
  DEFAULT_SETTINGS,
  describeSetting,
  flagOf,
  PLAYGROUND_PATH,
  type Playground,
  type ResolvedSettings,
  readSettingsFile,
  resolveSettings,
  SETTING_NAMES,
  type SettingName,
  type Settings,
  startServer,
  variableOf,
} from '@turnwise/server'
import type { Command } from 'commander'
import { locateModel } from 'turnwise'
import type { App } from '../app.js'
import { loadModel } from '../loadModel.js'
import { renderModelLine } from '../render/modelLine.js'
import { renderTable } from '../render/textTable.js'
import { write } from '../terminal.js'

const DETAILS = `
A flag goes before its environment variable (--max-waiting: TURNWISE_MAX_WAITING),
that before the file of --config ({"maxWaiting": 100}), that before the default.
What is in use, and where it is from, is printed at start; the log follows on
stdout, JSON lines.

SIGTERM stops it without losing a request, Ctrl-C at once.

Examples:
  $ turnwise serve
  $ turnwise serve --playground
  $ turnwise serve --new-key my-agent >> keys.txt
  $ turnwise serve --host 0.0.0.0 --keys-file keys.txt
  $ curl http://127.0.0.1:8080/v1/predict -H 'content-type: application/json' \\
      -d '{"messages": [{"role": "user", "content": "I was charged twice"}]}'`

/** Names of settings that would show a secret to whoever lists the processes. */
const WITHOUT_FLAG: readonly SettingName[] = ['keys', 'resumeSecrets']

interface ServeOptions extends Readonly<Record<string, string | true | undefined>> {
  readonly config?: string
  readonly newKey?: string
}

export function addServeCommand(program: Command, app: App): void {
  const command = program
    .command('serve')
    .summary('answer over HTTP and WebSocket')
    .description('Serves decisions and sessions over HTTP and WebSocket; docs/http.md says how to ask.')
    .option('--config <file>', 'a JSON file of settings (TURNWISE_CONFIG)')
    .option('--new-key <name>', 'make a key: it goes to stderr, its line for the file of keys to stdout')
  for (const name of SETTING_NAMES) {
    // To name what is on or off is to turn it on.
    const value = typeof DEFAULT_SETTINGS[name] === 'boolean' ? '[value]' : '<value>'
    if (!WITHOUT_FLAG.includes(name)) command.option(`--${flagOf(name)} ${value}`, describeSetting(name))
  }
  command.addHelpText('after', DETAILS).action(async ({ config, newKey, ...flags }: ServeOptions) => {
    if (newKey !== undefined) return writeNewKey(app, newKey)
    const { environment } = app.terminal
    const path = config ?? (environment.TURNWISE_CONFIG || undefined)
    const file = path === undefined ? {} : await readSettingsFile(path)
    await serve(app, resolveSettings({ flags, environment, file }))
  })
}

async function writeNewKey({ terminal, errorColors }: App, name: string): Promise<void> {
  const { key, line } = createKey(name)
  await write(
    terminal.errors,
    `${errorColors.bold(key)}\nGive it to the caller. It is not stored and not shown again.\n`,
  )
  await write(terminal.output, `${line}\n`)
}

/** Serves until it is told to stop. */
async function serve(app: App, resolved: ResolvedSettings): Promise<void> {
  const { output, errors } = app.terminal
  const { settings } = resolved
  await write(errors, renderSettings(resolved))
  const { spinning, maxCacheBytes } = settings
  // Each session has one request in the model's own queue at most, and the server bounds all others before it.
  const maxQueuedRequests = settings.maxSessions + settings.maxRunning * settings.maxConversations
  const modelMetrics = createModelMetrics()
  const { observer } = modelMetrics
  const { detector, loadMs } = await loadModel(app, settings, { spinning, maxCacheBytes, maxQueuedRequests, observer })
  try {
    await write(errors, renderModelLine(detector, loadMs, settings, app.errorColors))
    // From here on: who reads that it listens may stop it.
    const stopped = app.stopSignal()
    const playground = settings.playground ? await locatePlayground(app, settings) : undefined
    const log = { write: (line: string) => output.write(line) }
    const server = await startServer({ detector, settings, modelMetrics, playground, log })
    const { bold } = app.errorColors
    if (playground !== undefined) await write(errors, `Playground at ${bold(server.url + PLAYGROUND_PATH)}\n`)
    await write(errors, `Listening on ${bold(server.url)}\n`)
    await server.close((await stopped) === 'SIGINT' ? 0 : settings.drainMs)
  } finally {
    await detector.close()
  }
}

/** @throws TurnwiseError PLAYGROUND_NOT_BUILT */
async function locatePlayground(app: App, { model }: Settings): Promise<Playground> {
  const pageFolder = app.findPlayground()
  if (pageFolder === undefined) {
    throw new TurnwiseError('PLAYGROUND_NOT_BUILT', 'The playground is not installed with this command.')
  }
  return { pageFolder, modelFolder: await locateModel({ model }) }
}

function renderSettings({ settings, sources }: ResolvedSettings): string {
  const rows = SETTING_NAMES.map((name) => {
    const value = settings[name]
    const shown = WITHOUT_FLAG.includes(name) && value !== undefined ? '(given)' : formatValue(value)
    const source = sources[name] === 'environment' ? variableOf(name) : sources[name]
    return [name, shown, source]
  })
  return `${renderTable(rows)}\n`
}

function formatValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.join(', ')
  return value === undefined ? '-' : String(value)
}
