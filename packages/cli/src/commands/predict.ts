import type { Command } from 'commander'
import type { Detector } from 'turnwise'
import type { App } from '../app.js'
import { EXIT_CODES } from '../exitCodes.js'
import { addLoadingOptions, type LoadingOptions } from '../loadingOptions.js'
import { loadModel } from '../loadModel.js'
import { answerLines } from '../predict/answerLines.js'
import { findSource, openJsonLines, readRequest, type Source } from '../predict/readInput.js'
import { renderDecisionChart } from '../render/decisionChart.js'
import { columnsOf, write } from '../terminal.js'

interface PredictOptions extends LoadingOptions {
  readonly json?: true
  readonly agentSpeaking?: boolean
}

const DETAILS = `
Input:
  A sentence is what the user has said so far. A JSON file, or stdin without
  --json, holds one conversation: an array of messages, or an object
  {"messages": […], "agentSpeaking": true}. Plain text on stdin is a sentence.

  With --json, one conversation comes in on each line and one {"action",
  "probabilities", "yielded"} goes out, in order. A wrong line, an empty one
  too, gets {"error": {"code", "message", "line"}} in its place, and the command
  ends with 1. A file *.json may also be one conversation over several lines.

  "agentSpeaking" restricts the action to the pair that fits: start_listening or
  continue_speaking while the agent speaks, start_speaking or continue_listening
  while it is silent. The probabilities stay those of all four.

Examples:
  $ turnwise predict "I was charged twice for the same order"
  $ turnwise predict conversation.json
  $ turnwise predict --agent-speaking "uh huh"
  $ turnwise predict --json < conversations.jsonl > actions.jsonl
  $ echo '[{"role": "user", "content": "can you"}]' | turnwise predict`

export function addPredictCommand(program: Command, app: App): void {
  const command = program
    .command('predict')
    .usage('[options] [input]')
    .summary('decide about a conversation, or about thousands')
    .description('Says what the agent should do after what the user has said so far.')
    .argument(
      '[input...]',
      'a JSON file, - for stdin, or a sentence in quotes (default: stdin, unless it is a terminal)',
    )
    .option('--json', 'JSON lines in, JSON lines out')
    .option('--agent-speaking', 'the agent speaks now, unless the input says otherwise')
    .option('--no-agent-speaking', 'the agent is silent now, unless the input says otherwise')
    .addHelpText('after', DETAILS)
  addLoadingOptions(command).action(async ([input, ...others]: string[], options: PredictOptions) => {
    if (others.length > 0) command.error('error: too many inputs: put a sentence in quotes, or give one file')
    if (input === undefined && app.terminal.input.isTTY === true) {
      command.error('error: nothing to decide about: give a sentence in quotes, a JSON file, or - for stdin')
    }
    const source = await findSource(input ?? '-')
    await (options.json === true ? predictLines : predictOne)(app, source, options)
  })
}

async function predictOne(app: App, source: Source, options: PredictOptions): Promise<void> {
  const { input, output } = app.terminal
  const request = await readRequest(source, input)
  const agentSpeaking = request.agentSpeaking ?? options.agentSpeaking
  await withDetector(app, options, async (detector) => {
    const decision = await detector.predict(request.messages, { agentSpeaking })
    await write(
      output,
      renderDecisionChart(decision, { colors: app.colors, columns: columnsOf(output), agentSpeaking }),
    )
  })
}

async function predictLines(app: App, source: Source, options: PredictOptions): Promise<void> {
  const { input, output, errors } = app.terminal
  const chunks = await openJsonLines(source, input)
  await withDetector(app, options, async (detector) => {
    const { agentSpeaking } = options
    const counts = await answerLines(chunks, { detector, agentSpeaking, write: (text) => write(output, text) })
    if (counts.wrong === 0) return
    app.exitCode = EXIT_CODES.failure
    const [wrong, all] = [counts.wrong, counts.answered + counts.wrong].map((count) => count.toLocaleString('en-GB'))
    await write(errors, `${app.errorColors.red('error')} ${wrong} of ${all} lines are wrong: their answers say why.\n`)
  })
}

async function withDetector(
  app: App,
  options: LoadingOptions,
  task: (detector: Detector) => Promise<void>,
): Promise<void> {
  const { detector } = await loadModel(app, options)
  try {
    await task(detector)
  } finally {
    await detector.close()
  }
}
