import { createRequire } from 'node:module'
import { Command } from 'commander'
import type { App } from './app.js'
import { addBenchCommands } from './commands/bench.js'
import { addDemoCommand } from './commands/demo.js'
import { addLiveCommand } from './commands/live.js'
import { addModelInspectCommand } from './commands/modelInspect.js'
import { addModelPullCommand } from './commands/modelPull.js'
import { addModelVerifyCommand } from './commands/modelVerify.js'
import { addPredictCommand } from './commands/predict.js'
import { addServeCommand } from './commands/serve.js'
import { columnsOf } from './terminal.js'

const DETAILS = `
Environment:
  TURNWISE_MODEL    as --model, which goes before it
  TURNWISE_THREADS  as --threads, which goes before it
  TURNWISE_RUNTIME  as --runtime, which goes before it
  TURNWISE_CACHE    where downloaded models are kept
  NO_COLOR          no colours
  FORCE_COLOR       colours even where the output is no terminal; 0: none
  TURNWISE_DEBUG    1: show where an error came from; may show what was said

Exit codes:
  0    all was done
  1    something failed, or a line of the input could not be answered
  2    the command line is wrong
  130  bench was told to stop, as by Ctrl-C

Examples:
  $ turnwise demo
  $ turnwise live
  $ turnwise predict "I was charged twice for the same order"
  $ turnwise model verify`

/** The command line: what can be asked for, and its help. */
export function createProgram(app: App): Command {
  const { colors, errorColors, terminal } = app
  const program = new Command('turnwise')
    .description('Says at every word whether a voice agent should speak, wait, stop or go on.')
    .version(readVersion(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .option('--no-color', 'no colours')
    .addHelpText('after', DETAILS)
    .exitOverride()
    .showHelpAfterError('(--help shows what is possible, with examples)')
    .configureHelp({ showGlobalOptions: true, styleTitle: (title) => colors.bold(title) })
    .configureOutput({
      writeOut: (text) => terminal.output.write(text),
      writeErr: (text) => terminal.errors.write(text),
      outputError: (text, writeText) => writeText(text.replace(/^error:/, errorColors.red('error:'))),
      getOutHelpWidth: () => columnsOf(terminal.output),
      getErrHelpWidth: () => columnsOf(terminal.errors),
      // The colours have been chosen: nothing is left to strip.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
    })
  addPredictCommand(program, app)
  addLiveCommand(program, app)
  addDemoCommand(program, app)
  addServeCommand(program, app)
  const model = program
    .command('model')
    .summary('look after models: inspect, verify, pull')
    .description('Looks after models.')
    .helpCommand(false)
  addModelInspectCommand(model, app)
  addModelVerifyCommand(model, app)
  addModelPullCommand(model, app)
  addBenchCommands(program, app)
  return program
}

function readVersion(): string {
  // The same from src/ and from dist/.
  const { version }: { version: string } = createRequire(import.meta.url)('../package.json')
  return version
}
