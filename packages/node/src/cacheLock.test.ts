import { spawnSync } from 'node:child_process'
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { withLock } from './cacheLock.js'
import { temporaryFolder } from './test/temporaryFolder.js'

const timing = { pollMs: 5, heartbeatMs: 10, staleMs: 100, timeoutMs: 1_000 }

test('tasks under a lock do not overlap', async () => {
  const path = join(await temporaryFolder(), 'deep', 'lock')
  let running = 0
  let most = 0
  async function task(): Promise<void> {
    running += 1
    most = Math.max(most, running)
    await delay(10)
    running -= 1
  }
  await Promise.all(Array.from({ length: 5 }, () => withLock(path, undefined, task, timing)))
  expect(most).toBe(1)
})

test('the lock of a process that died is taken over, that of one that lives is not', async () => {
  const path = join(await temporaryFolder(), 'lock')
  await writeFile(path, 'someone else\n')
  const long = new Date(Date.now() - 1_000)
  await utimes(path, long, long)
  expect(await withLock(path, undefined, async () => 'done', timing)).toBe('done')

  const holder = withLock(path, undefined, () => delay(400), timing)
  await delay(20)
  const other = withLock(path, undefined, async () => 'too early', { ...timing, timeoutMs: 200 })
  await expect(other).rejects.toMatchObject({ code: 'CACHE_BUSY' })
  await holder
})

test('the lock is free after a failure, and waiting can be aborted', async () => {
  const path = join(await temporaryFolder(), 'lock')
  const failing = withLock(path, undefined, () => Promise.reject(new Error('broken')), timing)
  await expect(failing).rejects.toThrow('broken')
  const holder = withLock(path, undefined, () => delay(200), timing)
  await delay(10)
  const waiting = withLock(path, AbortSignal.timeout(30), async () => undefined, timing)
  await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' })
  await holder
})

test('the lock of a process of this host that is gone is taken over at once', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'lock')
  const token = await withLock(path, undefined, () => readFile(path, 'utf8'), timing)
  const { pid } = spawnSync(process.execPath, ['--version'])
  const patient = { ...timing, staleMs: 60_000, timeoutMs: 100 }
  await writeFile(path, token.replace(/^\d+/, `${pid}`))
  expect(await withLock(path, undefined, async () => 'done', patient)).toBe('done')
  expect(await readdir(folder)).toEqual([])
  // Of another host nobody knows which processes run.
  await writeFile(path, token.replace(/^\d+ /, `${pid} another-`))
  await expect(withLock(path, undefined, async () => 'early', patient)).rejects.toMatchObject({ code: 'CACHE_BUSY' })
})
