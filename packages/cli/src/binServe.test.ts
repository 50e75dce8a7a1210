import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ACTIONS } from '@turnwise/core'
import { expect, onTestFinished, test } from 'vitest'

/** The built command: `npm test` builds it first. */
const BIN = fileURLToPath(new URL('../bin/turnwise.js', import.meta.url))
const MODEL = fileURLToPath(new URL('../../../fixtures/tiny/fused', import.meta.url))
const CANARY = 'canary4711'

async function startServe(...commandLine: string[]) {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [BIN, 'serve', '--port', '0', ...commandLine], {
    env: { PATH, TURNWISE_MODEL: MODEL },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const exited = once(child, 'exit').then(([exitCode]) => exitCode as number)
  for (;;) {
    const [, url] = /Listening on (\S+)/.exec(output) ?? []
    if (url !== undefined) return { child, url, exited, output: () => output }
    await Promise.race([once(child.stderr, 'data'), exited.then(() => Promise.reject(new Error(output)))])
  }
}

function ask(url: string, content: string): Promise<Response> {
  return fetch(`${url}/v1/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content }] }),
  })
}

test('SIGTERM loses no request, and nothing that was said is in the output', async () => {
  const { child, url, exited, output } = await startServe('--drain-ms', '1500', '--log-level', 'debug')
  const asked = Array.from({ length: 20 }, (_, index) => ask(url, `${CANARY} ${index}`))
  await Promise.race(asked)
  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(metrics).toMatch(/^turnwise_tokens_run_total [1-9]/m)
  child.kill('SIGTERM')
  for (let index = 0; index < 5; index += 1) asked.push(ask(url, CANARY))
  for (const response of await Promise.all(asked))
    expect(ACTIONS).toContain(((await response.json()) as { action: string }).action)
  expect((await fetch(`${url}/health/ready`)).status).toBe(503)
  expect(await exited).toBe(0)
  expect(output()).toContain('"msg":"answered"')
  expect(output()).not.toContain(CANARY)
})

test('Ctrl-C ends it at once', async () => {
  const { child, exited } = await startServe('--drain-ms', '60000')
  child.kill('SIGINT')
  expect(await exited).toBe(0)
})
