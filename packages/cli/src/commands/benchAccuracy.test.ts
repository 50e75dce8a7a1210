import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createFakeApp } from '../test/fakeApp.js'

const TINY = fileURLToPath(new URL('../../../../fixtures/tiny/fused', import.meta.url))

const PROBABILITIES = { start_speaking: 0.7, continue_listening: 0.1, start_listening: 0.1, continue_speaking: 0.1 }

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'turnwise-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('--fresh begins the file of answers anew', async () => {
  const folder = await createFolder()
  const [rows, answers] = [join(folder, 'mine.jsonl'), join(folder, 'accuracy.answers.jsonl')]
  await writeFile(rows, JSON.stringify({ messages: [{ role: 'user', content: 'hello' }], action: 0 }))
  await writeFile(answers, '["stale","row",0,0,0.5]\n')
  const { run } = createFakeApp()
  const command = ['bench', 'accuracy', rows, '--model', TINY, '--no-rules', '--out', join(folder, 'accuracy.json')]
  expect(await run(...command, '--fresh')).toBe(0)
  const kept = await readFile(answers, 'utf8')
  expect(kept.trim().split('\n')).toHaveLength(1)
  expect(kept).not.toContain('stale')
})

test('an address is asked on after a run that broke off, and anew after one that was whole', async () => {
  const asked: string[] = []
  let isBroken = true
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { content } = JSON.parse(body).messages[0]
    asked.push(content)
    if (isBroken && content === 'hello there') response.writeHead(400).end()
    else response.end(JSON.stringify({ action: 'start_speaking', probabilities: PROBABILITIES }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const folder = await createFolder()
  const [rows, out] = [join(folder, 'mine.jsonl'), join(folder, 'accuracy.json')]
  const lines = ['hello', 'hello there'].map((content) => ({ messages: [{ role: 'user', content }], action: 0 }))
  await writeFile(rows, lines.map((line) => JSON.stringify(line)).join('\n'))
  const { port } = server.address() as AddressInfo
  const command = ['bench', 'accuracy', rows, '--model', TINY, '--no-rules', '--out', out]
  const askedNow = async () => {
    asked.length = 0
    const code = await createFakeApp().run(...command, '--remote', `http://127.0.0.1:${port}/`)
    return [code, asked.toSorted()]
  }
  expect(await askedNow()).toEqual([1, ['hello', 'hello there']])
  isBroken = false
  expect(await askedNow()).toEqual([0, ['hello there']])
  expect(await askedNow()).toEqual([0, ['hello', 'hello there']])
  // What the model here answered is kept.
  expect((await readFile(join(folder, 'accuracy.answers.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(2)
})
