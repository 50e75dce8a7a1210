import { join } from 'node:path'
import { DEFAULT_ACCURACY, DEFAULT_LATENCY, DEFAULT_SOAK, DEFAULT_STREAMING, SEED } from '@turnwise/bench/defaults'
import type { Command } from 'commander'
import type { App } from '../app.js'
import { addDataOption, addSystemOptions, type BenchSystemOptions, parseCount } from '../benchOptions.js'
import { write } from '../terminal.js'
import { runAccuracyCommand } from './benchAccuracy.js'
import { runLatencyCommand } from './benchLatency.js'
import { meetingFilesOf, runStreamingCommand } from './benchStreaming.js'

interface ReportCommandOptions extends BenchSystemOptions {
  readonly results: string
  readonly markdown?: string
  readonly html?: string
  readonly run?: true
  readonly dataDir?: string
  readonly baseline?: string
  readonly own?: string
  readonly seed: number
}

const DETAILS = `
The Markdown page holds the tables, the HTML page charts too and needs no other
file. With --run, results that are not there are measured first; the machine
should have nothing else to do.

Examples:
  $ turnwise bench report
  $ turnwise bench report --run --data-dir ../shared/data --baseline base.onnx
  $ turnwise bench report --markdown docs/benchmarks.md`

export function addBenchReportCommand(bench: Command, app: App): void {
  const command = bench
    .command('report')
    .summary('one page of all results, as Markdown and HTML')
    .description('Makes one page of all results, as Markdown and as HTML.')
    .option('--results <folder>', 'where the results are', 'results')
    .option('--markdown <file>', 'where the page goes (default: benchmarks.md there)')
    .option('--html <file>', 'and this one (default: benchmarks.html there)')
    .option('--run', 'measure what has no result yet')
    .option('--baseline <file>', 'for --run, as of bench latency')
    .option('--own <file>', 'for --run, as of bench latency')
    .option('--seed <number>', 'for --run', parseCount, SEED)
    .addHelpText('after', DETAILS)
  addDataOption(addSystemOptions(command)).action((options: ReportCommandOptions) => runReportCommand(app, options))
}

async function runReportCommand(app: App, options: ReportCommandOptions): Promise<void> {
  const bench = await import('@turnwise/bench')
  const { results, markdown = join(results, 'benchmarks.md'), html = join(results, 'benchmarks.html') } = options
  if (options.run === true) {
    for (const page of [markdown, html]) await bench.assertWritable(page)
    await measureMissing(app, options)
  }
  const sections = bench.buildReport(await bench.readResults(results))
  await bench.writeOutput(markdown, bench.renderMarkdown(sections))
  await bench.writeOutput(html, await bench.renderHtml(sections))
  const tables = sections.reduce((total, section) => total + section.tables.length, 0)
  await write(app.terminal.output, `${tables} tables: ${markdown}, and with charts: ${html}\n`)
}

/** Latency first: after the others the load average, which says whether others were in the way, would be theirs. */
async function measureMissing(app: App, options: ReportCommandOptions): Promise<void> {
  const { hasResult, resultPath } = await import('@turnwise/bench')
  const { results } = options
  if (!(await hasResult(results, 'latency'))) {
    await runLatencyCommand(app, {
      ...DEFAULT_LATENCY,
      ...options,
      soakUpdates: DEFAULT_SOAK.updates,
      soakSessions: DEFAULT_SOAK.sessions,
      spinning: true,
      out: resultPath(results, 'latency'),
    })
  }
  if (!(await hasResult(results, 'accuracy'))) {
    await runAccuracyCommand(app, [], { ...DEFAULT_ACCURACY, ...options, out: resultPath(results, 'accuracy') })
  }
  const files = meetingFilesOf(options)
  if (files !== undefined && !(await hasResult(results, 'streaming'))) {
    await runStreamingCommand(app, files, { ...DEFAULT_STREAMING, ...options, out: resultPath(results, 'streaming') })
  }
}
