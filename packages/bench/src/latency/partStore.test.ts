import { appendFile, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dropKept } from '../results/keptLines.js'
import { rejection } from '../test/rejection.js'
import { temporaryFolder } from '../test/temporaryFolder.js'
import { openPartStore, partsPath } from './partStore.js'

const never = () => Promise.reject(new Error('measured again'))

async function measuredIn(folder: string) {
  const graph = join(folder, 'graph.onnx')
  await writeFile(graph, 'weights')
  return { told: { threads: 1 }, files: [graph], loadAverage: 0.25 }
}

test('a run that broke off goes on after its finished parts, and says how busy the machine was then', async () => {
  const folder = await temporaryFolder()
  const path = partsPath(join(folder, 'latency.json'))
  const measured = await measuredIn(folder)
  const first = await openPartStore(path, measured)
  expect(await first.part('python', async () => [1, 2])).toEqual([1, 2])
  await expect(first.part('live', never)).rejects.toThrow('measured again')
  // What a process that is killed while it writes leaves behind.
  await appendFile(path, '\n{"told":"')

  const second = await openPartStore(path, { ...measured, loadAverage: 0 })
  expect(second.loadAverage).toBe(0.25)
  expect(await second.part('python', never)).toEqual([1, 2])
  expect(await second.part('live', async () => 'measured')).toBe('measured')
  expect(await (await openPartStore(path, measured)).part('live', never)).toBe('measured')
})

test('parts of another run, of other files and of none are measured', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'parts.jsonl')
  const measured = await measuredIn(folder)
  const first = await openPartStore(path, measured)
  await first.part('live', async () => 1)
  for (const other of [{ ...measured, told: { threads: 2 } }, measured]) {
    const store = await openPartStore(path, other, other === measured)
    await expect(store.part('live', never)).rejects.toThrow('measured again')
    expect(store.loadAverage).toBe(0.25)
  }
  expect(await readdir(folder)).toEqual(['graph.onnx'])

  await (await openPartStore(path, measured)).part('live', async () => 1)
  await utimes(join(folder, 'graph.onnx'), 1, 1)
  await expect((await openPartStore(path, measured)).part('live', never)).rejects.toThrow('measured again')
  await dropKept(path)
  expect(await readdir(folder)).toEqual(['graph.onnx'])
})

test('a file that cannot be written is an error that says so', async () => {
  const folder = await temporaryFolder()
  const measured = await measuredIn(folder)
  const store = await openPartStore(join(folder, 'graph.onnx', 'parts.jsonl'), measured)
  expect(await rejection(store.part('live', async () => 1))).toMatchObject({ code: 'OUTPUT_UNWRITABLE' })
})
