import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { SETTING_NAMES, variableOf } from '@turnwise/server'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { COMMAND_PATH, DEPLOY, hasCommand } from './deployFolder.js'
import { startServe } from './startServe.js'

const run = promisify(execFile)
const env = { PATH: COMMAND_PATH }

async function read(path: string): Promise<string> {
  return readFile(new URL(path, DEPLOY), 'utf8')
}

async function manifests(): Promise<string> {
  const names = await readdir(new URL('kubernetes', DEPLOY))
  return (await Promise.all(names.map((name) => read(`kubernetes/${name}`)))).join('\n---\n')
}

/** The names of metrics that a text asks for, without what histograms add to them. */
function metricsIn(text: string): string[] {
  const names = [...text.matchAll(/\bturnwise_[a-z_0-9]+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''))
  return [...new Set(names)]
}

test('every metric that the dashboard and the autoscaler ask for is in /metrics', async () => {
  const { url } = await startServe()
  const body = await (await fetch(`${url}/metrics`)).text()
  const known = [...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
  const panels = metricsIn(await read('grafana/dashboard.json'))
  expect(panels.length).toBeGreaterThan(10)
  for (const name of [...panels, ...metricsIn(await manifests())]) expect(known).toContain(name)
})

test('every variable that is set is one of the server', async () => {
  const known = SETTING_NAMES.map(variableOf)
  const texts = [await read('Containerfile'), await read('compose.yaml'), await manifests()]
  const names = texts.flatMap((text) => [...text.matchAll(/\bTURNWISE_[A-Z_]+/g)].map(([name]) => name))
  expect(names.length).toBeGreaterThan(5)
  for (const name of names) expect(known).toContain(name)
})

test('process 1 of the image is an init, which hands signals on at any time', async () => {
  const text = await read('Containerfile')
  const entrypoint = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(text)?.[1] ?? '[]') as string[]
  expect(entrypoint).toEqual(['tini', '--', 'node', 'packages/cli/bin/turnwise.js'])
  expect(text.slice(text.lastIndexOf('\nFROM '))).toMatch(/apt-get install .*\btini\b/)
})

test('every YAML file can be read', async () => {
  const texts = [await read('compose.yaml'), await read('envoy/envoy.yaml'), await manifests()]
  for (const text of texts) for (const { errors } of parseAllDocuments(text)) expect(errors).toEqual([])
})

test.skipIf(!hasCommand('haproxy'))('HAProxy takes its configuration', async () => {
  await run('haproxy', ['-c', '-f', 'haproxy/haproxy.cfg'], { cwd: DEPLOY, env })
})

test.skipIf(!hasCommand('nginx'))('nginx takes its configuration', async () => {
  await run('nginx', ['-t', '-c', new URL('nginx/nginx.conf', DEPLOY).pathname], { env })
})
