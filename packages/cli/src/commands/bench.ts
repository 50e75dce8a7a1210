import type { Command } from 'commander'
import type { App } from '../app.js'
import { addBenchAccuracyCommand } from './benchAccuracy.js'
import { addBenchCompareCommand } from './benchCompare.js'
import { addBenchLatencyCommand } from './benchLatency.js'
import { addBenchReportCommand } from './benchReport.js'
import { addBenchStreamingCommand } from './benchStreaming.js'

/** The commands that measure. Each loads what it needs when it runs: the others stay fast to start. */
export function addBenchCommands(program: Command, app: App): void {
  const bench = program
    .command('bench')
    .summary('measure: accuracy, streaming, latency; compare, report')
    .description('Measures turn-taking systems beside each other.')
    .helpCommand(false)
  addBenchAccuracyCommand(bench, app)
  addBenchStreamingCommand(bench, app)
  addBenchLatencyCommand(bench, app)
  addBenchCompareCommand(bench, app)
  addBenchReportCommand(bench, app)
}
