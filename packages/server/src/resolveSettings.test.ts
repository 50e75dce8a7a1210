import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSettingsFile, resolveSettings } from './resolveSettings.js'
import { DEFAULT_SETTINGS, SETTING_NAMES, variableOf } from './settings.js'

test('a flag goes before the environment, that before the file, that before the default', () => {
  const { settings, sources } = resolveSettings({
    flags: { port: '1', maxMessages: undefined },
    environment: { TURNWISE_PORT: '2', TURNWISE_HOST: '0.0.0.0', TURNWISE_LOG_LEVEL: '' },
    file: { port: 3, host: 'localhost', maxMessages: 4 },
  })
  expect(settings).toEqual({ ...DEFAULT_SETTINGS, port: 1, host: '0.0.0.0', maxMessages: 4 })
  expect(sources).toMatchObject({ port: 'flag', host: 'environment', maxMessages: 'file', logLevel: 'default' })
})

test('texts become what the setting is', () => {
  const { settings } = resolveSettings({
    environment: { TURNWISE_SPINNING: '1', TURNWISE_CORS_ORIGINS: 'https://a.example, https://b.example' },
  })
  expect(settings).toMatchObject({ spinning: true, corsOrigins: ['https://a.example', 'https://b.example'] })
})

test.each([
  [{ flags: { port: 'x' } }, 'port (flag)'],
  [{ flags: { port: '' } }, 'port (flag)'],
  [{ flags: { port: '70000' } }, 'port (flag)'],
  [{ environment: { TURNWISE_MAX_BODY_BYTES: '1e6' } }, 'TURNWISE_MAX_BODY_BYTES of the environment'],
  [{ file: { deadlineMs: 0 } }, 'deadlineMs (file)'],
  [{ file: { spinning: 'perhaps' } }, 'spinning (file)'],
  [{ file: { prot: 80 } }, 'unknown setting "prot"'],
])('refuses %j', (given, problem) => {
  const message = expect.stringContaining(problem)
  expect(() => resolveSettings(given)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION', message }))
})

test('no two settings share a variable', () => {
  expect(new Set(SETTING_NAMES.map(variableOf)).size).toBe(SETTING_NAMES.length)
})

test('reads a file of settings', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'turnwise-')), 'settings.json')
  await expect(readSettingsFile(path)).rejects.toMatchObject({ code: 'INPUT_UNREADABLE' })
  await writeFile(path, '[]')
  await expect(readSettingsFile(path)).rejects.toMatchObject({ code: 'INVALID_JSON' })
  await writeFile(path, '{"port": 1}')
  expect(await readSettingsFile(path)).toEqual({ port: 1 })
})
