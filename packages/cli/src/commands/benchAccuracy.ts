import type { SetResult } from '@turnwise/bench'
import { DEFAULT_ACCURACY } from '@turnwise/bench/defaults'
import type { Command } from 'commander'
import type { App } from '../app.js'
import {
  type AskingOptions,
  addDataOption,
  addFreshOption,
  addRunOptions,
  addSystemOptions,
  parsePositive,
} from '../benchOptions.js'
import { percent, renderTable } from '../render/textTable.js'
import { write } from '../terminal.js'
import { measureSystems } from './benchMeasure.js'

/** What the command is told. */
export interface AccuracyCommandOptions extends AskingOptions {
  readonly dataDir?: string
  readonly published?: string
  readonly fourClass?: string
  readonly limit?: number
  readonly resamples: number
  readonly worst: number
  readonly quote?: boolean
}

const DETAILS = `
Sets:
  ten, ten-wait-speaking, ten-wait-silent, swda-yields, swda-complete and dev
  from --data-dir; hard and four-class from the repository; published-ten,
  published-swda and published-synthetic from --published; or your own files
  .jsonl and .parquet. Without any: all that are at hand. docs/bench.md says
  more.

Answers are kept beside the result, without texts: a run that broke off goes on
where it stopped, and a further system costs only its own time. Those of
--remote are kept until the result is written: the next run asks anew.

Examples:
  $ turnwise bench accuracy four-class
  $ turnwise bench accuracy --data-dir ../shared/data
  $ turnwise bench accuracy mine.jsonl --also ./other-model
  $ turnwise bench accuracy ten --remote https://example.org/v1/predict`

export function addBenchAccuracyCommand(bench: Command, app: App): void {
  const command = bench
    .command('accuracy')
    .summary('right answers on labelled conversations')
    .description('Counts right answers on labelled conversations, beside rules and other systems.')
    .argument('[sets...]', 'names of sets, or files (default: all that are at hand)')
    .option('--published <place>', 'a folder with the published benchmark, or its id on the hub')
    .option('--four-class <folder>', "the four-class test's folder (default: the repository's)")
    .option('--limit <rows>', 'at most so many rows of a set, drawn by the seed', parsePositive)
    .option('--resamples <count>', 'drawings for the intervals', parsePositive, DEFAULT_ACCURACY.resamples)
    .option('--worst <count>', 'how many of the worst errors are listed', parsePositive, DEFAULT_ACCURACY.worst)
    .option('--quote', 'put texts into the result that may not be passed on')
    .addHelpText('after', DETAILS)
  addRunOptions(addDataOption(addSystemOptions(addFreshOption(command))), 'results/accuracy.json')
  command.action(async (sets: string[], options: AccuracyCommandOptions) => {
    const { unknownSet } = await import('@turnwise/bench')
    // A wrong name is told before anything is measured.
    const [problem] = sets.flatMap((set) => unknownSet(set) ?? [])
    if (problem !== undefined) return command.error(`error: the ${problem}`)
    return runAccuracyCommand(app, sets, options)
  })
}

/** Measures, writes the result and shows its main figures. */
export async function runAccuracyCommand(
  app: App,
  sets: readonly string[],
  options: AccuracyCommandOptions,
): Promise<void> {
  // Charts and parquet are not for those who only predict.
  const bench = await import('@turnwise/bench')
  const { seed, resamples, limit, worst, out, quote = false, dataDir, published, fourClass: fourClassFolder } = options
  const result = await measureSystems(app, options, (asking) => {
    const sources = { dataDir, published, fourClassFolder, signal: asking.signal }
    const chosen = sets.length > 0 ? sets : bench.DATASET_NAMES
    return bench.runAccuracy({ sets: chosen, sources, seed, resamples, limit, worst, quote, ...asking })
  })
  for (const set of result.sets) await write(app.terminal.output, renderSet(set, bench.rowCount(set.rows)))
  for (const { name, reason } of result.skipped) await write(app.terminal.errors, `${name} is left out: ${reason}\n`)
  await write(app.terminal.errors, `The result is in ${out}.\n`)
}

function renderSet({ name, systems }: SetResult, rows: string): string {
  const head = [`${name}, ${rows}`, 'end: accuracy', 'F1', 'four: accuracy', 'F1', 'state known', 'F1']
  const lines = systems.map(({ system, binary, multiClass, inState }) => {
    const figures = [binary, multiClass, inState].flatMap(({ accuracy, macroF1 }) => [accuracy, macroF1])
    return [system.name, ...figures.map(percent)]
  })
  return `${renderTable([head, ...lines])}\n`
}
