import { expect, test } from 'vitest'
import { createFakeApp, LOGITS } from '../test/fakeApp.js'

test('plays the stories and says how to go on', async () => {
  const { run, terminal, model } = createFakeApp({ stdin: '', logits: () => LOGITS.startSpeaking })
  expect(await run('demo')).toBe(0)
  const written = terminal.written()
  expect(written).toMatch(/^fake 0\.0\.0 \(bundled, native runtime, loaded in \d\.\d\d s\)\n/)
  expect(written).toMatch(/^ {2}order +start_speaking +█100% +▁ {2}0% +▁ {2}0% +▁ {2}0% +\d+\.\d ms$/m)
  expect(written).toContain('(the user pauses)')
  expect(written).toMatch(/\d+ decisions, median \d+\.\d ms, slowest \d+\.\d ms/)
  expect(written).toContain('npx turnwise live')
  expect(written).toMatch(/npm start\n$/)
  for (const line of written.split('\n').filter((row) => row.startsWith('  '))) expect(line.length).toBeLessThan(80)
  expect(written).not.toContain('\u001b')
  expect(model.isClosed).toBe(true)
})

test('goes on with your own conversation on a terminal', async () => {
  const { run, terminal } = createFakeApp({ isTTY: true })
  terminal.input.write('/quit\r')
  expect(await run('demo')).toBe(0)
  expect(terminal.written()).toMatch(/Now your own conversation\..*npm start\n$/s)
  expect(terminal.rawModes).toEqual([true, false])
})

test('names the playground only where it is', async () => {
  const { run, terminal } = createFakeApp({ stdin: '', findPlayground: () => undefined })
  expect(await run('demo')).toBe(0)
  expect(terminal.written()).not.toContain('playground')
})
