import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { createDetector } from '@turnwise/core'
import { createFakeModel, createFakeTokenizer, FAKE_MANIFEST } from '@turnwise/core/testing'
import { expect, test } from 'vitest'
import { createModelMetrics } from './modelMetrics.js'
import { DEFAULT_SETTINGS, describeSetting, SETTING_NAMES, variableOf } from './settings.js'
import { createFakeServer } from './test/fakeServer.js'

const DOCUMENT = new URL('../../../docs/http.md', import.meta.url)

test('docs/http.md lists every setting as it is', async () => {
  const rows = SETTING_NAMES.map((name) => {
    const value = DEFAULT_SETTINGS[name]
    const shown = value === undefined || (Array.isArray(value) && value.length === 0) ? '' : `\`${value}\``
    return `| \`${name}\` | \`${variableOf(name)}\` | ${shown} | ${describeSetting(name)} |`
  })
  const table = ['| setting | variable | default | |', '|---|---|---|---|', ...rows].join('\n')
  expect(await readFile(DOCUMENT, 'utf8')).toContain(table)
})

test('docs/http.md lists every metric', async () => {
  const document = await readFile(DOCUMENT, 'utf8')
  const { app } = await createFakeServer({ modelMetrics: createModelMetrics() })
  const { body } = await app.inject('/metrics')
  const names = [...body.matchAll(/^# TYPE (turnwise_\w+)/gm)].map(([, name = '']) => name)
  const own = names.filter((each) => !/_(process|nodejs)_/.test(each))
  expect(own.length).toBeGreaterThan(15)
  for (const name of own) expect(document).toContain(`\n| \`${name}\``)
})

test('the lines with curl in docs/http.md work, one after another', async () => {
  const manifest = { ...FAKE_MANIFEST, name: 'turnwise-en' }
  const detector = createDetector(createFakeModel(), createFakeTokenizer(), manifest)
  const { app } = await createFakeServer({ detector })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const document = await readFile(DOCUMENT, 'utf8')
  const blocks = [...document.matchAll(/```sh\n(curl[^`]+)```/g)].map(([, block = '']) => block)
  expect(blocks.length).toBeGreaterThan(4)
  const script = blocks
    .join('\n')
    .replaceAll('http://127.0.0.1:8080', url)
    .replace(/^curl /gm, 'curl -sS --fail-with-body ')
  const { stdout } = await promisify(execFile)('sh', ['-ec', script])
  for (const part of ['"action"', '"decisions"', '"call-1"', '"timeoutSeconds"', '"FP32"'])
    expect(stdout).toContain(part)
})
