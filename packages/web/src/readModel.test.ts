import { readFileSync } from 'node:fs'
import type { ErrorCode } from '@turnwise/core'
import { expect, test } from 'vitest'
import { readModel } from './readModel.js'
import { tinyModel } from './test/fakeSite.js'

const NAMES = ['turnwise.json', 'tokenizer.json', 'model.onnx']

function bytesOf(name: string, model: 'fused' | 'int8' = 'fused'): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(`${tinyModel(model)}/${name}`))
}

/** A file as the browser gives it. @param folder what was chosen; empty if single files were */
function chosen(name: string, bytes = bytesOf(name), folder = 'tiny/'): File {
  const file = new File([bytes], name)
  return Object.defineProperty(file, 'webkitRelativePath', { value: folder === '' ? '' : `${folder}${name}` })
}

test.each([
  ['a folder', 'tiny/'],
  ['a folder within one', 'models/tiny/'],
  ['single files', ''],
])('reads the model of %s, whatever else is in it', async (_, folder) => {
  const files = NAMES.map((name) => chosen(name, bytesOf(name), folder))
  const older = chosen('turnwise.json', new Uint8Array(), `${folder}older/`)
  const { manifest, tokenizer, weights } = await readModel([older, chosen('notes.txt', new Uint8Array()), ...files])
  expect(manifest.onnx.file).toBe('model.onnx')
  expect(Buffer.compare(tokenizer, bytesOf('tokenizer.json'))).toBe(0)
  expect(Buffer.compare(weights, bytesOf('model.onnx'))).toBe(0)
})

test.each<[string, ErrorCode, string, ((bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>) | undefined]>([
  ['no manifest', 'MODEL_NOT_FOUND', 'turnwise.json', undefined],
  ['a manifest that is none', 'INVALID_MANIFEST', 'turnwise.json', () => new Uint8Array([60])],
  ['no graph', 'MODEL_FILE_MISSING', 'model.onnx', undefined],
  ['a truncated graph', 'MODEL_FILE_TRUNCATED', 'model.onnx', (bytes) => bytes.slice(0, 1000)],
  ['a tampered tokenizer', 'MODEL_FILE_TAMPERED', 'tokenizer.json', (bytes) => bytes.with(100, 0)],
])('refuses %s: %s', async (_, code, broken, change) => {
  const files = NAMES.flatMap((name) => {
    if (name !== broken) return [chosen(name)]
    return change === undefined ? [] : [chosen(name, change(bytesOf(name)))]
  })
  await expect(readModel(files)).rejects.toMatchObject({ name: 'TurnwiseError', code })
})

test('reads weights beside the graph, and refuses a model without them', async () => {
  const [table, ...others] = ['embeddings.bin', ...NAMES].map((name) => chosen(name, bytesOf(name, 'int8')))
  const { dataFiles } = await readModel([...others, ...(table === undefined ? [] : [table])])
  expect(dataFiles).toEqual([{ path: 'embeddings.bin', data: bytesOf('embeddings.bin', 'int8') }])
  await expect(readModel(others)).rejects.toMatchObject({ code: 'MODEL_FILE_MISSING' })
})

test('a file that went away meanwhile is told', async () => {
  const files = NAMES.map((name) => chosen(name))
  Object.defineProperty(files[2], 'arrayBuffer', {
    value: () => Promise.reject(new DOMException('', 'NotReadableError')),
  })
  await expect(readModel(files)).rejects.toMatchObject({ code: 'MODEL_UNREACHABLE' })
})
