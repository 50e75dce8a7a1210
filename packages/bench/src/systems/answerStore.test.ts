import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../test/temporaryFolder.js'
import { openAnswerStore } from './answerStore.js'
import { loadModelSystem } from './detectorSystem.js'
import { createRemoteSystem, DEFAULT_REMOTE } from './remoteSystem.js'
import type { BenchmarkSystem, SystemAnswer, SystemRow } from './system.js'

const FUSED = fileURLToPath(new URL('../../../../fixtures/tiny/fused', import.meta.url))
const ROW: SystemRow = { messages: [{ role: 'user', content: 'hello there' }], agentSpeaking: false }
const ANSWER: SystemAnswer = { action: 'start_speaking', actionInState: 'start_speaking', turnProbability: 0.9 }

/** Whether what one system answered is taken for another's answer. */
async function share(first: BenchmarkSystem, second: BenchmarkSystem): Promise<boolean> {
  const store = await openAnswerStore(undefined)
  await store.add(first, [ROW], [ANSWER])
  return store.find(second, ROW) !== undefined
}

async function loadModel(model: string, runtime: 'auto' | 'onnx' = 'onnx'): Promise<BenchmarkSystem> {
  const system = await loadModelSystem({ model, threads: 1, runtime })
  onTestFinished(() => system.close())
  return system
}

/** A copy of the tiny model, in a folder of any name. */
async function copyModel(temperature = 1): Promise<string> {
  const folder = await temporaryFolder()
  await cp(FUSED, folder, { recursive: true })
  const path = join(folder, 'turnwise.json')
  const manifest = JSON.parse(await readFile(path, 'utf8')) as object
  await writeFile(path, JSON.stringify({ ...manifest, calibration: { temperature } }))
  return folder
}

describe('kept answers belong', () => {
  it('to a whole address, not to its host or its number in a run', async () => {
    const remote = (url: string, name = 'h') => {
      return { ...createRemoteSystem({ ...DEFAULT_REMOTE, url }), facts: { name, kind: 'remote' as const } }
    }
    expect(await share(remote('http://h/a'), remote('http://h/b'))).toBe(false)
    expect(await share(remote('http://h/a'), remote('http://h/a', 'h (2)'))).toBe(true)
  })

  it('to a model as its manifest has it, wherever it lies', async () => {
    const model = await loadModel(FUSED)
    expect(await share(model, await loadModel(await copyModel()))).toBe(true)
    expect(await share(model, await loadModel(await copyModel(2)))).toBe(false)
  })

  it('to the runtime that gave them', async () => {
    const [fastest, onnx] = [await loadModel(FUSED, 'auto'), await loadModel(FUSED)]
    expect(onnx.facts).toMatchObject({ runtime: 'onnx', threads: 1 })
    // Where the native runtime cannot run, both are the same.
    expect(await share(fastest, onnx)).toBe(fastest.facts.runtime === 'onnx')
  })
})

test('kept answers belong to the versions of what ran here, which a system elsewhere does not have', async () => {
  const path = join(await temporaryFolder(), 'answers.jsonl')
  const [model, remote] = [await loadModel(FUSED), createRemoteSystem({ ...DEFAULT_REMOTE, url: 'http://h' })]
  const open = (turnwise: string, onnxruntime: string) => openAnswerStore(path, false, { turnwise, onnxruntime })
  const store = await open('1.0.0', '1.1.0')
  for (const system of [model, remote]) await store.add(system, [ROW], [ANSWER])
  const foundBy = async (turnwise: string, onnxruntime: string) => {
    const store = await open(turnwise, onnxruntime)
    return [model, remote].map((system) => store.find(system, ROW) !== undefined)
  }
  expect(await foundBy('1.0.0', '1.1.0')).toEqual([true, true])
  expect(await foundBy('1.0.1', '1.1.0')).toEqual([false, true])
  expect(await foundBy('1.0.0', '1.2.0')).toEqual([false, true])
})

test('what one system answered can be forgotten, here and in the file', async () => {
  const path = join(await temporaryFolder(), 'answers.jsonl')
  const [first, second] = ['http://h/a', 'http://h/b'].map((url) => createRemoteSystem({ ...DEFAULT_REMOTE, url }))
  if (first === undefined || second === undefined) throw new Error('no systems')
  const store = await openAnswerStore(path)
  for (const system of [first, second]) await store.add(system, [ROW], [ANSWER])
  await store.forget(first)
  for (const each of [store, await openAnswerStore(path)]) {
    expect([each.find(first, ROW), each.find(second, ROW)]).toEqual([undefined, ANSWER])
  }
})

test('a fresh store leaves nothing of earlier answers, and keeps its own', async () => {
  const path = join(await temporaryFolder(), 'answers.jsonl')
  const system = createRemoteSystem({ ...DEFAULT_REMOTE, url: 'http://h' })
  const other: SystemRow = { ...ROW, agentSpeaking: true }
  await (await openAnswerStore(path)).add(system, [ROW], [ANSWER])
  const fresh = await openAnswerStore(path, true)
  expect(fresh.find(system, ROW)).toBeUndefined()
  await fresh.add(system, [other], [ANSWER])
  const next = await openAnswerStore(path)
  expect(next.find(system, ROW)).toBeUndefined()
  expect(next.find(system, other)).toEqual(ANSWER)
})
