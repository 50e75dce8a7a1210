import { type Command, InvalidArgumentError } from 'commander'
import type { Detector } from 'turnwise'
import type { App } from '../app.js'
import { renderCommands } from '../live/parseCommand.js'
import { readLive } from '../live/readLive.js'
import { typeLive } from '../live/typeLive.js'
import { addLoadingOptions, type LoadingOptions } from '../loadingOptions.js'
import { loadModel } from '../loadModel.js'
import { renderLegend } from '../render/liveTexts.js'
import { renderModelLine } from '../render/modelLine.js'
import { write } from '../terminal.js'

/** How long the agent takes for a word. */
const DEFAULT_AGENT_WORD_MS = 350

const DETAILS = `
The model decides at every key. The agent stops when a whole word of the user
calls for start_listening. Enter ends a line: the user pauses. Ctrl-W takes back
a word, Ctrl-U the line, Ctrl-C ends.

${renderCommands()}
Where the input is no terminal there is a decision after every line, and the
agent speaks until it is stopped or /done.

Examples:
  $ turnwise live
  $ turnwise live --agent-word-ms 600
  $ printf '/agent your balance is\\nuh huh\\nwait stop\\n' | turnwise live`

export function addLiveCommand(program: Command, app: App): void {
  const command = program
    .command('live')
    .summary('type as the user and see the action at every word')
    .description('Type as the user and see what the agent should do, at every word. Talk over the agent.')
    .option('--agent-word-ms <ms>', 'how long the agent takes for a word', parseMilliseconds, DEFAULT_AGENT_WORD_MS)
    .addHelpText('after', DETAILS)
  addLoadingOptions(command).action(async (options: LoadingOptions & { agentWordMs: number }) => {
    const { detector, loadMs } = await loadModel(app, options)
    try {
      const { terminal, colors } = app
      const title = renderModelLine(detector, loadMs, options, colors)
      if (isInteractive(app)) await write(terminal.output, `${title}${renderLegend(colors)}\n`)
      await runLive(app, detector, options.agentWordMs)
    } finally {
      await detector.close()
    }
  })
}

/** A conversation with a loaded model, key by key on a terminal, line by line elsewhere. */
export async function runLive(app: App, detector: Detector, agentWordMs = DEFAULT_AGENT_WORD_MS): Promise<void> {
  if (!isInteractive(app)) return readLive(app, detector)
  await write(app.terminal.output, 'Type as the user. /help shows more, Ctrl-C ends.\n\n')
  return typeLive(app, detector, agentWordMs)
}

/** Whether someone sits at it and can type. */
export function isInteractive({ terminal: { input, output } }: App): boolean {
  return input.isTTY === true && output.isTTY === true && input.setRawMode !== undefined
}

function parseMilliseconds(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1) return Number(text)
  throw new InvalidArgumentError('Expected a whole number from 1 to 99999.')
}
