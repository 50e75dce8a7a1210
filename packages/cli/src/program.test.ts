import { expect, test } from 'vitest'
import { createFakeApp } from './test/fakeApp.js'

const COMMANDS = [
  [],
  ['predict'],
  ['live'],
  ['demo'],
  ['model'],
  ['model', 'inspect'],
  ['model', 'verify'],
  ['model', 'pull'],
  ['bench'],
  ['bench', 'accuracy'],
  ['bench', 'streaming'],
  ['bench', 'latency'],
  ['bench', 'compare'],
  ['bench', 'report'],
]

test.each(COMMANDS)('%s %s --help', async (...commandLine) => {
  const { run, terminal } = createFakeApp()
  expect(await run(...commandLine, '--help')).toBe(0)
  expect(terminal.complained()).toBe('')
  const help = terminal.written()
  expect(help).toContain(`Usage: turnwise ${commandLine.join(' ')}`.trimEnd())
  expect(help).toContain('--no-color')
  if (!['model', 'bench'].includes(commandLine.join())) expect(help).toContain('Examples:\n  $ turnwise')
  for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
})

test('--version', async () => {
  const { run, terminal } = createFakeApp()
  expect(await run('--version')).toBe(0)
  expect(terminal.written()).toMatch(/^\d+\.\d+\.\d+\n$/)
})
