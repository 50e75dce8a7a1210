import { afterEach, expect, test, vi } from 'vitest'
import { createFakeApp } from './test/fakeApp.js'

afterEach(() => vi.unstubAllEnvs())

/** What is asked to be loaded. */
async function loadedWith(environment: Readonly<Record<string, string>>, ...commandLine: string[]) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  const { run, loaded, terminal } = createFakeApp({ stdin: '' })
  expect({ exitCode: await run('predict', ...commandLine, 'hello'), text: terminal.complained() }).toEqual({
    exitCode: 0,
    text: '',
  })
  return loaded[0]
}

test('an empty environment variable is as one that is not set', async () => {
  const empty = { TURNWISE_MODEL: '', TURNWISE_THREADS: '', TURNWISE_RUNTIME: '' }
  const loaded = await loadedWith(empty)
  expect([loaded?.model, loaded?.threads, loaded?.runtime]).toEqual([undefined, undefined, undefined])
})

test('a variable is read, and an option goes before it', async () => {
  const given = { TURNWISE_MODEL: './one', TURNWISE_THREADS: '1', TURNWISE_RUNTIME: 'onnx' }
  expect(await loadedWith(given)).toMatchObject({ model: './one', threads: 1, runtime: 'onnx' })
  expect(await loadedWith(given, '--model', './other')).toMatchObject({ model: './other', threads: 1 })
})
