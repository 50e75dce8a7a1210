import type { Spread } from '@turnwise/bench'
import type { LoadResult } from './loadResult.js'
import type { CoresUsed } from './measureCores.js'
import { FILLED_SHARE, IN_TIME } from './sizing.js'

type Cell = string | number

/** What a load took of the machine. */
const CORES = ['cores, server', 'load']

/** Everything as Markdown; what was not measured is left out. */
export function renderTables(result: LoadResult): string {
  const { overload, soak } = result
  return [
    describeMachine(result),
    ...section(
      'The wire: one at a time, in turns with the same in the process, ms.',
      ['', 'in the process', 'over the wire', '90%', '99%', 'overhead of the median'],
      result.wire.map(({ name, inProcessMs, overWireMs, overheadMs }) => [
        name,
        inProcessMs.median,
        ...spread(overWireMs),
        overheadMs,
      ]),
    ),
    ...section(
      'Predictions over HTTP, each connection asking as soon as it is answered; ms.',
      ['connections', 'a second', 'median', '90%', '99%', 'refused', 'errors', ...CORES],
      result.http.map((each) => [
        each.connections,
        each.perSecond,
        ...spread(each.answeredMs),
        each.refused,
        failures(each.failures),
        ...cores(each.cores),
      ]),
    ),
    ...section(
      'Sessions over WebSocket, each saying its next word as soon as it is answered; ms.',
      ['connections', 'updates a second', 'median', '90%', '99%', 'errors', ...CORES],
      result.streams.map((each) => [
        each.connections,
        each.perSecond,
        ...spread(each.latencyMs),
        each.errors,
        ...cores(each.cores),
      ]),
    ),
    ...section(
      `Calls over WebSocket, each with a word every ${result.calls[0]?.wordMs ?? 0} ms; ms.`,
      ['calls', 'words', 'superseded', 'median', '90%', '99%', 'errors', ...CORES],
      result.calls.map((each) => [
        each.calls,
        each.words,
        `${((100 * each.superseded) / each.words).toFixed(1)}%`,
        ...spread(each.latencyMs),
        each.errors,
        ...cores(each.cores),
      ]),
    ),
    ...(result.calls.length === 0 ? [] : sizes(result)),
    ...(overload === null ? [] : overloadSection(overload)),
    ...(soak === null
      ? []
      : section(
          `${soak.minutes} minutes at ${soak.perSecond} predictions a second, 80% of the best.`,
          [
            'answered',
            'refused',
            'errors',
            'median ms',
            '90%',
            '99%',
            'memory at first, MB',
            'after a fifth',
            'in the middle',
            'at the end',
            ...CORES,
          ],
          [
            [
              soak.answered,
              soak.refused,
              failures(soak.failures),
              ...spread(soak.answeredMs),
              ...memory(soak.memoryBytes),
              ...cores(soak.cores),
            ],
          ],
        )),
    '',
  ].join('\n\n')
}

function describeMachine({ machine, apart, serve, measuredAt }: LoadResult): string {
  const flags = serve.length === 0 ? '' : ` with \`${serve.join(' ')}\``
  const shares =
    apart === null
      ? `shared by the server${flags} and the load`
      : `${apart.server} for the server${flags} and ${apart.load} for the load (for the wire all, for both)`
  return (
    `${machine.cores} cores of ${machine.processor}, ${shares}; Node ${machine.node}; ${measuredAt}, ` +
    `load ${machine.load.toFixed(2)} before.`
  )
}

function overloadSection(overload: NonNullable<LoadResult['overload']>): string[] {
  return section(
    'Twice the best throughput of predictions.',
    [
      'offered a second',
      'answered a second',
      'of the best',
      'answers, median ms',
      '99%',
      'refused',
      'refusals, median ms',
      '99%',
      'errors',
      'as before after, ms',
      ...CORES,
    ],
    [
      [
        overload.offeredPerSecond,
        overload.answeredPerSecond,
        `${(100 * overload.keptShare).toFixed(0)}%`,
        overload.answeredMs.median,
        overload.answeredMs.p99,
        overload.refused,
        overload.refusedMs.median,
        overload.refusedMs.p99,
        failures(overload.failures),
        overload.recoveredAfterMs,
        ...cores(overload.cores),
      ],
    ],
  )
}

function sizes({ sizing, speechShare, machine }: LoadResult): string[] {
  const bound = `99% within ${IN_TIME.p99Ms} ms, ${100 * IN_TIME.supersededShare}% superseded`
  if (sizing === null) return [`None of these numbers of calls was answered in time (${bound}).`]
  const { bearableCalls, callsPerCore, rows } = sizing
  return [
    `In time (${bound}): ${bearableCalls} calls that talk all the time. With ${100 * speechShare}% of speech a call, and ` +
      `instances filled to ${100 * FILLED_SHARE}%: ${callsPerCore} calls a core.`,
    table(
      ['calls at a time', `instances of ${machine.serverCores} cores`, 'cores', 'core hours for 1,000 hours of calls'],
      rows.map(({ calls, instances, cores }) => [
        calls.toLocaleString('en-GB'),
        instances.toLocaleString('en-GB'),
        cores.toLocaleString('en-GB'),
        ((1000 * cores) / calls).toFixed(1),
      ]),
    ),
  ]
}

function spread({ median, p90, p99 }: Spread): Cell[] {
  return [median, p90, p99]
}

/** How many there were, and of what. */
function failures(counts: Readonly<Record<string, number>>): Cell {
  const each = Object.entries(counts).map(([code, count]) => `${count} ${code}`)
  return each.length === 0 ? 0 : each.join(', ')
}

function cores({ server, load }: CoresUsed): Cell[] {
  return [server.toFixed(2), load.toFixed(2)]
}

function memory(bytes: readonly number[]): Cell[] {
  return [bytes[0], bytes[Math.floor(bytes.length / 5)], bytes[Math.floor(bytes.length / 2)], bytes.at(-1)].map(
    (each = Number.NaN) => Math.round(each / 1e6),
  )
}

/** A table and what it is; nothing without rows. */
function section(title: string, columns: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  return rows.length === 0 ? [] : [title, table(columns, rows)]
}

function table(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = rows.map((row) => `| ${row.map((cell) => (Number.isNaN(cell) ? '–' : cell)).join(' | ')} |`)
  return [`| ${columns.join(' | ')} |`, `|---|${'--:|'.repeat(columns.length - 1)}`, ...lines].join('\n')
}
