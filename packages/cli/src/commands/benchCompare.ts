import type { Command } from 'commander'
import type { App } from '../app.js'
import { write } from '../terminal.js'

const DETAILS = `
Both must be of one kind. Accuracy is compared on sets of the very same rows,
with intervals by drawing the same rows of both.

Examples:
  $ turnwise bench compare before/accuracy.json results/accuracy.json
  $ turnwise bench compare before/latency.json results/latency.json > change.md`

export function addBenchCompareCommand(bench: Command, app: App): void {
  bench
    .command('compare')
    .summary('what has changed between two results')
    .description('Says what has changed from one result to another, as Markdown.')
    .argument('<before>', 'a result')
    .argument('<after>', 'another of the same kind')
    .addHelpText('after', DETAILS)
    .action(async (before: string, after: string) => {
      const { compareResults, toMarkdown } = await import('@turnwise/bench')
      const tables = await compareResults(before, after)
      await write(app.terminal.output, tables.map(toMarkdown).join('\n'))
    })
}
