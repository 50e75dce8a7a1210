import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createFakeApp } from '../test/fakeApp.js'

const TINY = fileURLToPath(new URL('../../../../fixtures/tiny/fused', import.meta.url))

test('--fresh begins the file of answers anew', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'turnwise-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
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
