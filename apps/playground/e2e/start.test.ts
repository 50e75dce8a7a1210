import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
/** It builds whatever is missing. */
const PATIENCE_MS = 240_000

test('npm start builds the page and says where it is', { timeout: PATIENCE_MS }, async () => {
  // A group of its own: npm starts a shell, which starts the server.
  const started = spawn('npm', ['start'], { cwd: ROOT, detached: true, env: { ...process.env, BROWSER: 'none' } })
  onTestFinished(() => {
    if (started.pid !== undefined && started.exitCode === null) process.kill(-started.pid)
  })
  const address = await new Promise<string>((resolve, reject) => {
    let printed = ''
    started.stdout.on('data', (text) => {
      printed += text
      const found = /http:\/\/\S+?:\d+\//.exec(stripVTControlCharacters(printed))?.[0]
      if (found !== undefined) resolve(found)
    })
    started.on('exit', (code) => reject(new Error(`npm start ended with ${code}: ${printed}`)))
  })
  const page = await fetch(address)
  expect(await page.text()).toContain('<title>turnwise playground</title>')
  // What threads need.
  expect(page.headers.get('cross-origin-embedder-policy')).toBe('require-corp')
  expect((await fetch(new URL('model/turnwise.json', address))).ok).toBe(true)
})
