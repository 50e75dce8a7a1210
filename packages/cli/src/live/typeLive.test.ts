import { expect, test, vi } from 'vitest'
import { createFakeApp, type FakeAppOptions, LOGITS } from '../test/fakeApp.js'

const CTRL_C = '\u0003'
const BACKSPACE = '\u007f'

/** A live conversation on a fake terminal, in which only "wait" interrupts. */
function start(options: FakeAppOptions = {}) {
  const logits = (text: string) => (/wait\s*$/.test(text) ? LOGITS.startListening : LOGITS.continueSpeaking)
  const fake = createFakeApp({ isTTY: true, environment: { NO_COLOR: '1' }, logits, ...options })
  const { terminal } = fake
  const ended = fake.run('live', '--agent-word-ms', '20')
  return {
    ...fake,
    ended,
    async type(text: string, shown: RegExp | string) {
      terminal.input.write(text)
      await vi.waitFor(() => expect(terminal.written()).toMatch(shown), { timeout: 10_000, interval: 5 })
    },
  }
}

test('shows every key and the decision about it, and leaves the terminal as it was', async () => {
  const { type, terminal, model, ended } = start()
  await type('', /Ctrl-C ends/)
  await type('hi', /\nuser {2}h\r.*\nuser {2}hi\r/s)
  await type(' ', /start_speaking {5}speak ▁ {2}0% wait ▁ {2}0% stop ▁ {2}0% go on █100% {2}\d+ ms/)
  await type(`x${BACKSPACE}`, /\nuser {2}hi x\r.*\nuser {2}hi \r/s)
  await type('\r', /user {2}hi {2}→ start_speaking 0\.50 \d+\.\d ms\n/)
  terminal.input.write(CTRL_C)
  expect(await ended).toBe(0)
  expect(terminal.written().endsWith('\n')).toBe(true)
  expect(terminal.rawModes).toEqual([true, false])
  expect(terminal.input.listenerCount('keypress')).toBe(0)
  expect(model.openStates).toBe(0)
  expect(model.isClosed).toBe(true)
})

test('the agent speaks word by word and stops when it is interrupted', async () => {
  const { type, terminal, ended } = start()
  await type(`/agent one two three${' more'.repeat(150)}\r`, /agent one ▌.*agent one two ▌/s)
  await type('uh huh\r', /user {2}uh huh {2}→ continue_speaking 1\.00/)
  await type('wait', /start_listening/)
  await type(' ', /agent [a-z… ]+ — stops\n/)
  terminal.input.write('/quit\r')
  terminal.input.write(CTRL_C)
  expect(await ended).toBe(0)
})

test('the agent finishes when nobody interrupts; commands', async () => {
  const { type, ended } = start()
  await type('/agent one two\r', 'agent one two\n')
  await type('/agent three four\r/done\r', /agent three\n|agent three four\n/)
  await type('/help\r', /the user is done: answer.*the user is done: answer/s)
  await type('/nope\r', 'There is no command /nope.')
  await type('/reset\r', 'The conversation is forgotten.')
  await type('/quit\r', '/quit')
  expect(await ended).toBe(0)
})

test('ends with the input', async () => {
  const { type, terminal, ended } = start()
  await type('', /user/)
  terminal.input.end()
  expect(await ended).toBe(0)
  expect(terminal.rawModes).toEqual([true, false])
})

test('a model that fails ends it with an error, and the terminal is as it was', async () => {
  const { terminal, ended } = start({ logits: () => [Number.NaN, 0, 0, 0] })
  terminal.input.write('hello')
  expect(await ended).toBe(1)
  expect(terminal.complained()).toMatch(/^error MODEL_FAILED: /)
  expect(terminal.rawModes).toEqual([true, false])
})
