import { expect, test } from 'vitest'
import { createFakeApp, LOGITS } from '../test/fakeApp.js'

const logits = (text: string) => (text.includes('wait') ? LOGITS.startListening : LOGITS.continueSpeaking)

async function live(stdin: string): Promise<{ exitCode: number; written: string; complained: string }> {
  const { run, terminal } = createFakeApp({ stdin, logits })
  const exitCode = await run('live')
  const written = terminal.written().replaceAll(/ \d+\.\d ms/g, '')
  return { exitCode, written, complained: terminal.complained() }
}

test('a decision after every line, with an agent to speak over', async () => {
  const { exitCode, written } = await live('hello\n\n/agent Your balance is\nuh huh\nwait a moment\nplease\n')
  expect(exitCode).toBe(0)
  expect(written).toBe(`user  hello  → start_speaking 0.50
agent Your balance is
user  uh huh  → continue_speaking 1.00
user  wait a moment  → start_listening 1.00
agent  — stops
user  please  → start_speaking 0.50
`)
})

test('commands', async () => {
  const { written } = await live('/agent Hello\n/done\nhi\n/reset\n/nope\n/agent\n/help\n/quit\nnever\n')
  expect(written).toMatch(/^agent Hello\nuser {2}hi {2}→ start_speaking 0.50\nThere is no command \/nope\.\n/)
  expect(written.match(/\/agent text/g)).toHaveLength(3)
  expect(written).toContain('the user is done: answer')
  expect(written).not.toContain('never')
})

test('what is no text is an error', async () => {
  const { run, terminal } = createFakeApp()
  terminal.input.end(Buffer.from([0x68, 0xe9, 0x0a]))
  expect(await run('live')).toBe(1)
  expect(terminal.complained()).toMatch(/^error MALFORMED_TEXT: Line 1 /)
})
