import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LoadOptions } from 'turnwise'
import type { CoreShares } from './shareCores.js'

const COMMAND = fileURLToPath(new URL('../../../cli/bin/turnwise.js', import.meta.url))

/** A `turnwise serve` in a process of its own. */
interface Serve {
  readonly url: string
  /** How it was told to load its model. */
  readonly loadOptions: LoadOptions
  stop(): Promise<void>
}

/** Does something with a server that is stopped afterwards. */
export async function withServe<Result>(
  flags: readonly string[],
  shares: CoreShares | null,
  task: (serve: Serve) => Promise<Result>,
): Promise<Result> {
  const serve = await startServe(flags, shares?.server)
  try {
    return await task(serve)
  } finally {
    await serve.stop()
  }
}

/**
 * Starts the built command on a free port, with further flags. Its settings are shown.
 *
 * @param cores those that it is kept to; by default all
 */
async function startServe(flags: readonly string[], cores?: string): Promise<Serve> {
  const commandLine = [COMMAND, 'serve', '--port', '0', '--log-level', 'error', '--drain-ms', '0', ...flags]
  const [command, ...rest] = [
    ...(cores === undefined ? [] : ['taskset', '-c', cores]),
    process.execPath,
    ...commandLine,
  ]
  const child = spawn(command ?? '', rest, { stdio: ['ignore', 'inherit', 'pipe'] })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text
    process.stderr.write(text)
  })
  for (;;) {
    const [, url] = /Listening on (\S+)/.exec(output) ?? []
    if (url !== undefined) {
      return {
        url,
        loadOptions: loadOptionsOf(flags),
        async stop() {
          child.kill('SIGTERM')
          if (child.exitCode === null) await once(child, 'exit')
        },
      }
    }
    if (child.exitCode !== null) throw new Error('turnwise serve has ended.')
    await Promise.race([once(child.stderr, 'data'), once(child, 'exit')])
  }
}

function loadOptionsOf(flags: readonly string[]): LoadOptions {
  const given = (flag: string) => (flags.includes(flag) ? flags[flags.indexOf(flag) + 1] : undefined)
  const threads = given('--threads')
  return {
    model: given('--model'),
    threads: threads === undefined ? undefined : Number(threads),
    runtime: given('--runtime') as LoadOptions['runtime'],
  }
}
