import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ACTIONS } from '@turnwise/core'
import { expect, test } from 'vitest'

/** The built command: `npm test` builds it first. */
const BIN = fileURLToPath(new URL('../bin/turnwise.js', import.meta.url))
const MODEL = fileURLToPath(new URL('../../../fixtures/tiny/fused', import.meta.url))

interface Case {
  readonly messages: readonly object[]
  readonly logits: readonly number[]
}

function start(environment: Readonly<Record<string, string>>, ...commandLine: string[]) {
  const { PATH = '' } = process.env
  const env = { PATH, TURNWISE_MODEL: MODEL, ...environment }
  const child = spawn(process.execPath, [BIN, ...commandLine], { env })
  const texts = { written: '', complained: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.written += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.complained += text
  })
  // What is still written to a command that has ended is lost, as in a shell.
  child.stdin.on('error', () => undefined)
  return { child, texts }
}

async function run(stdin: string, environment: Readonly<Record<string, string>>, ...commandLine: string[]) {
  const { child, texts } = start(environment, ...commandLine)
  child.stdin.end(stdin)
  const [exitCode] = await once(child, 'close')
  return { exitCode: exitCode as number, ...texts }
}

test('predict --json answers the fixtures as PyTorch does', async () => {
  const cases: Case[] = JSON.parse(await readFile(`${MODEL}/expected.json`, 'utf8'))
  const lines = cases.map(({ messages }) => JSON.stringify({ messages })).join('\n')
  const { exitCode, written, complained } = await run(lines, {}, 'predict', '--json')
  expect({ exitCode, complained }).toEqual({ exitCode: 0, complained: '' })
  const answers = written.trimEnd().split('\n')
  expect(answers).toHaveLength(cases.length)
  for (const [index, { logits: all }] of cases.entries()) {
    const { action, probabilities, yielded } = JSON.parse(answers[index] ?? '')
    const logits = all.slice(0, ACTIONS.length)
    expect(yielded).toBeCloseTo(1 / (1 + Math.exp(-(all[ACTIONS.length] ?? Number.NaN))), 3)
    expect(action).toBe(ACTIONS[logits.indexOf(Math.max(...logits))])
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0)
    for (const [place, name] of ACTIONS.entries()) {
      expect(probabilities[name]).toBeCloseTo(Math.exp(logits[place] ?? Number.NaN) / total, 3)
    }
  }
})

test('a reader that goes away ends it quietly', async () => {
  const { child, texts } = start({}, 'predict', '--json')
  const line = `${JSON.stringify({ messages: [{ role: 'user', content: 'hello' }] })}\n`
  child.stdin.write(line)
  await once(child.stdout, 'data')
  child.stdout.destroy()
  child.stdin.write(line)
  const [exitCode] = await once(child, 'exit')
  expect({ exitCode, complained: texts.complained }).toEqual({ exitCode: 0, complained: '' })
})

test('errors and exit codes', async () => {
  const missing = await run('', {}, 'predict', '--model', './no-such-model', 'hello')
  expect(missing).toMatchObject({ exitCode: 1, written: '' })
  expect(missing.complained).toMatch(/^error MODEL_NOT_FOUND: [^\n]+\n$/)
  expect(await run('', {}, 'predict', '--nonsense')).toMatchObject({ exitCode: 2, written: '' })
  expect(await run('', {}, '--version')).toMatchObject({ exitCode: 0, complained: '' })
})

test.skipIf(process.platform === 'win32')(
  'a long sentence is no trouble, and nothing is left in the home folder',
  async () => {
    // ONNX Runtime's telemetry would read the command line, crash on a long one and keep a database in the home folder.
    const home = await mkdtemp(join(tmpdir(), 'turnwise-'))
    try {
      const { exitCode, written, complained } = await run('', { HOME: home }, 'predict', 'a b '.repeat(20_000))
      expect({ exitCode, complained }).toEqual({ exitCode: 0, complained: '' })
      expect(written).toContain('→ ')
      expect(await readdir(home)).toEqual([])
    } finally {
      await rm(home, { recursive: true })
    }
  },
)

test('live reads lines from a pipe, without colours', async () => {
  const { exitCode, written } = await run('/agent your balance is\nuh huh\n', {}, 'live')
  expect(exitCode).toBe(0)
  expect(written).toMatch(/^agent your balance is\nuser {2}uh huh {2}→ (start_listening|continue_speaking) /)
  expect(written).not.toContain('\u001b')
})
