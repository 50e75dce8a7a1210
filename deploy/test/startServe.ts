import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { DEPLOY } from './deployFolder.js'
import { TEST_MODEL } from './testModel.js'

/** The built command: `npm test` builds it first. */
const COMMAND = fileURLToPath(new URL('../packages/cli/bin/turnwise.js', DEPLOY))

/** A process that runs until it is killed, or the test is finished. */
export interface Running {
  readonly url: string
  readonly port: number
  kill(): Promise<void>
}

/** Starts `turnwise serve` on a free port. */
export async function startServe(): Promise<Running> {
  const { PATH = '' } = process.env
  const flags = ['--port', '0', '--threads', '1', '--log-level', 'silent']
  const child = spawn(process.execPath, [COMMAND, 'serve', ...flags], {
    env: { PATH, TURNWISE_MODEL: TEST_MODEL, TURNWISE_RESUME_SECRETS: 'of all the instances of these tests' },
  })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const kill = killer(child)
  for (;;) {
    const [, url] = /Listening on (\S+)/.exec(output) ?? []
    if (url !== undefined) return { url, port: Number(new URL(url).port), kill }
    if (child.exitCode !== null) throw new Error(output)
    await Promise.race([once(child.stderr, 'data'), once(child, 'exit')])
  }
}

/** Kills a process by SIGKILL, and when the test is finished. */
export function killer(child: ChildProcess): () => Promise<void> {
  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  onTestFinished(kill)
  return kill
}
