import { expect, test } from 'vitest'
import { createFakeApp, LOGITS } from '../test/fakeApp.js'
import type { FakeTerminalOptions } from '../test/fakeTerminal.js'

async function predict(options: FakeTerminalOptions, ...commandLine: string[]) {
  const { run, terminal, model } = createFakeApp({ ...options, logits: () => LOGITS.startSpeaking })
  const exitCode = await run('predict', ...commandLine)
  return { exitCode, model, written: terminal.written(), complained: terminal.complained() }
}

test('a sentence gets a chart', async () => {
  const { exitCode, written, complained, model } = await predict({ stdin: '' }, 'hello there')
  expect({ exitCode, complained }).toEqual({ exitCode: 0, complained: '' })
  expect(written).toContain('→ start_speaking: the user is done: answer\n')
  expect(model.isClosed).toBe(true)
})

test('the agent may speak, by flag or by the input', async () => {
  const speaking = { stdin: '{"messages": [{"role": "user", "content": "mhm"}], "agentSpeaking": true}' }
  expect((await predict({}, '--agent-speaking', 'mhm')).written).toContain('→ start_listening')
  expect((await predict({}, '--no-agent-speaking', 'mhm')).written).toContain('→ start_speaking')
  expect((await predict(speaking)).written).toContain('while the agent speaks')
  expect((await predict(speaking, '--no-agent-speaking')).written).toContain('while the agent speaks')
})

test('lines get lines; a wrong one ends with 1 and a count', async () => {
  const stdin = '[{"role": "user", "content": "hi"}]\nno\n'
  const { exitCode, written, complained } = await predict({ stdin }, '--json')
  expect(exitCode).toBe(1)
  expect(written.split('\n').map((line) => line.slice(0, 9))).toEqual(['{"action"', '{"error":', ''])
  expect(complained).toBe('error 1 of 2 lines are wrong: their answers say why.\n')
})

test('a sentence as JSON', async () => {
  const { exitCode, written } = await predict({ stdin: '' }, '--json', 'hi')
  expect(exitCode).toBe(0)
  expect(Object.keys(JSON.parse(written))).toEqual(['action', 'probabilities'])
})

test.each([
  ['no input on a terminal', ['predict'], 'nothing to decide about'],
  ['two inputs', ['predict', 'one', 'two'], 'put a sentence in quotes'],
  ['an unknown option', ['predict', '--jsno', 'hi'], 'Did you mean --json?'],
  ['an unknown command', ['predcit', 'hi'], 'Did you mean predict?'],
  ['an unknown subcommand', ['model', 'verfy'], 'Did you mean verify?'],
  ['no command', [], 'Usage: turnwise'],
  ['no subcommand', ['model'], 'Usage: turnwise model'],
  ['no model to pull', ['model', 'pull'], "missing required argument 'model'"],
  ['too many threads', ['predict', '--threads', '1000', 'hi'], 'Expected a whole number from 1 to'],
  ['no threads', ['predict', '--threads', '0', 'hi'], 'Expected a whole number from 1 to'],
  ['no time a word', ['live', '--agent-word-ms', 'x'], 'Expected a whole number from 1 to'],
])('%s is a wrong command line', async (_, commandLine, problem) => {
  const { run, terminal } = createFakeApp({ isTTY: true, environment: { NO_COLOR: '1' } })
  expect(await run(...commandLine)).toBe(2)
  expect(terminal.complained()).toContain(problem)
  expect(terminal.written()).toBe('')
})
