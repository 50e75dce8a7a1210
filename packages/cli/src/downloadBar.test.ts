import { expect, test } from 'vitest'
import { createDownloadBar } from './downloadBar.js'
import { createFakeTerminal } from './test/fakeTerminal.js'

const progress = (receivedBytes: number) => ({
  model: 'owner/name',
  fileName: 'model.onnx',
  receivedBytes,
  totalBytes: 2_000_000,
})

test('a line every tenth where no bar can be drawn', () => {
  const terminal = createFakeTerminal()
  const bar = createDownloadBar(terminal.errors)
  bar.update({ ...progress(2000), totalBytes: 2000 })
  for (let received = 0; received <= 2_000_000; received += 1000) bar.update(progress(received))
  bar.stop()
  const lines = terminal.complained().trimEnd().split('\n')
  expect(lines).toHaveLength(11)
  expect(lines[0]).toBe('owner/name: 0% of 2.0 MB')
  expect(lines.at(-1)).toBe('owner/name: 100% of 2.0 MB')
})

test('a bar on a terminal', () => {
  const terminal = createFakeTerminal({ isTTY: true })
  const stream = Object.assign(terminal.errors, { cursorTo: () => {}, clearLine: () => {}, moveCursor: () => {} })
  const bar = createDownloadBar(stream)
  bar.update(progress(0))
  bar.update(progress(1_000_000))
  bar.stop()
  expect(terminal.complained()).toContain('owner/name')
  expect(terminal.complained()).toContain('50%')
})

test('nothing without a download', () => {
  const terminal = createFakeTerminal({ isTTY: true })
  createDownloadBar(terminal.errors).stop()
  expect(terminal.complained()).toBe('')
})
