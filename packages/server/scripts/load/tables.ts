import type { LoadResult } from './loadResult.js'
import { FILLED_SHARE, IN_TIME } from './sizing.js'
import type { Spread } from './spread.js'

type Cell = string | number | null

/** Everything as Markdown. */
export function renderTables(result: LoadResult): string {
  const { machine, serve, measuredAt, overload, soak } = result
  const flags = serve.length === 0 ? '' : ` with \`${serve.join(' ')}\``
  const heading =
    `${machine.cores} cores of ${machine.processor}, shared by the server${flags} and the load; Node ${machine.node}; ` +
    `${measuredAt}, load ${machine.load.toFixed(2)} before.`
  return [
    heading,
    'The wire: one at a time, in turns with the same in the process, ms.',
    table(
      ['', 'in the process', 'over the wire', '90%', '99%', 'overhead of the median'],
      result.wire.map(({ name, inProcessMs, overWireMs, overheadMs }) => [
        name,
        inProcessMs.p50,
        ...spread(overWireMs),
        overheadMs,
      ]),
    ),
    'Predictions over HTTP, each connection asking as soon as it is answered; ms.',
    table(
      ['connections', 'a second', 'median', '90%', '99%', 'refused', 'errors'],
      result.http.map((each) => [
        each.connections,
        each.perSecond,
        each.p50,
        each.p90,
        each.p99,
        each.refused,
        each.errors,
      ]),
    ),
    'Sessions over WebSocket, each saying its next word as soon as it is answered; ms.',
    table(
      ['connections', 'updates a second', 'median', '90%', '99%', 'errors'],
      result.streams.map((each) => [each.connections, each.perSecond, ...spread(each.latencyMs), each.errors]),
    ),
    `Calls over WebSocket, each with a word every ${result.calls[0]?.wordMs ?? 0} ms; ms.`,
    table(
      ['calls', 'words', 'superseded', 'median', '90%', '99%', 'errors'],
      result.calls.map((each) => [
        each.calls,
        each.words,
        `${((100 * each.superseded) / each.words).toFixed(1)}%`,
        ...spread(each.latencyMs),
        each.errors,
      ]),
    ),
    ...sizes(result),
    'Twice the best throughput of predictions.',
    table(
      [
        'offered a second',
        'answered a second',
        'of the best',
        'answers, median ms',
        '99%',
        'refused',
        'refusals, median ms',
        '99%',
        'anything else',
        'as before after, ms',
      ],
      [
        [
          overload.offeredPerSecond,
          overload.answeredPerSecond,
          `${(100 * overload.keptShare).toFixed(0)}%`,
          overload.answeredMs.p50,
          overload.answeredMs.p99,
          overload.refused,
          overload.refusedMs.p50,
          overload.refusedMs.p99,
          overload.others,
          overload.recoveredAfterMs,
        ],
      ],
    ),
    ...(soak === null
      ? []
      : [
          `${soak.minutes} minutes at ${soak.perSecond} predictions a second, 80% of the best.`,
          table(
            ['answered', 'errors', 'median ms', '90%', '99%', 'memory at first, MB', 'in the middle', 'at the end'],
            [[soak.answered, soak.errors, ...spread(soak.latencyMs), ...memory(soak.memoryBytes)]],
          ),
        ]),
    '',
  ].join('\n\n')
}

function sizes({ sizing, speechShare, machine }: LoadResult): string[] {
  const bound = `99% within ${IN_TIME.p99Ms} ms, ${100 * IN_TIME.supersededShare}% superseded`
  if (sizing === null) return [`None of these numbers of calls was answered in time (${bound}).`]
  const { bearableCalls, callsPerCore, rows } = sizing
  return [
    `In time (${bound}): ${bearableCalls} calls that talk all the time. With ${100 * speechShare}% of speech a call, and ` +
      `instances filled to ${100 * FILLED_SHARE}%: ${callsPerCore} calls a core.`,
    table(
      ['calls at a time', `instances of ${machine.cores} cores`, 'cores', 'core hours for 1,000 hours of calls'],
      rows.map(({ calls, instances, cores }) => [
        calls.toLocaleString('en-GB'),
        instances.toLocaleString('en-GB'),
        cores.toLocaleString('en-GB'),
        ((1000 * cores) / calls).toFixed(1),
      ]),
    ),
  ]
}

function spread({ p50, p90, p99 }: Spread): Cell[] {
  return [p50, p90, p99]
}

function memory(bytes: readonly number[]): Cell[] {
  return [bytes[0], bytes[Math.floor(bytes.length / 2)], bytes.at(-1)].map((each = Number.NaN) =>
    Math.round(each / 1e6),
  )
}

function table(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = rows.map((row) => `| ${row.map((cell) => cell ?? '–').join(' | ')} |`)
  return [`| ${columns.join(' | ')} |`, `|---|${'--:|'.repeat(columns.length - 1)}`, ...lines].join('\n')
}
