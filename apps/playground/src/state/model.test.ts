import { type LoadOptions, TurnwiseError, type WebDetector } from '@turnwise/web'
import { expect, test } from 'vitest'
import { createFakeDetector, plainRule } from '../test/fakeDetector.js'
import { createModel } from './model.js'

const detector = createFakeDetector(plainRule) as WebDetector

test('tells how far it is, and what it was given', async () => {
  const seen: string[] = []
  const model = createModel(async ({ model: source, onProgress }) => {
    expect(source).toBe('model/')
    onProgress?.({ model: 'model/', fileName: 'model.onnx', receivedBytes: 1, totalBytes: 2 })
    return detector
  })
  model.status.subscribe((status) => {
    seen.push(status.kind === 'loading' && status.progress !== undefined ? 'downloading' : status.kind)
  })
  await model.load('model/')
  expect(seen).toEqual(['none', 'loading', 'downloading', 'ready'])
})

test('tells what is wrong with a model, and takes another', async () => {
  const model = createModel(async ({ model: source }) => {
    if (source === 'broken/') throw new TurnwiseError('MODEL_FILE_TAMPERED', 'It is another file.')
    if (source === 'odd/') throw new Error('with a secret')
    return detector
  })
  await model.load('broken/')
  expect(model.status.value).toMatchObject({ kind: 'failed', code: 'MODEL_FILE_TAMPERED' })
  await model.load('odd/')
  expect(model.status.value).toMatchObject({ kind: 'failed', code: 'UNEXPECTED' })
  expect(JSON.stringify(model.status.value)).not.toContain('secret')
  await model.load('model/')
  expect(model.status.value.kind).toBe('ready')
})

test('a loading that was given up is not heard of again', async () => {
  const pending: LoadOptions[] = []
  const model = createModel((options) => {
    pending.push(options)
    return new Promise((_, reject) => {
      options.signal?.addEventListener('abort', () => reject(new TurnwiseError('ABORTED', 'It was given up.')))
    })
  })
  const first = model.load('slow/')
  model.cancel()
  await first
  expect(model.status.value.kind).toBe('none')
  void model.load('slow/')
  pending[0]?.onProgress?.({ model: 'slow/', fileName: 'model.onnx', receivedBytes: 1, totalBytes: 2 })
  expect(model.status.value).toEqual({ kind: 'loading', progress: undefined })
})
