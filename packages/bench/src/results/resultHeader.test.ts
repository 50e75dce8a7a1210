import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { readVersions } from './resultHeader.js'

test('ONNX Runtime is optional, and what lacks is said', () => {
  const require = createRequire(import.meta.url)
  const versions = readVersions((path) => require(path.replace('onnxruntime-node', 'is-not-there')))
  expect(versions).toEqual({ ...readVersions(), onnxruntime: 'not installed' })
  expect(() => readVersions((path) => require(path.replace('turnwise', 'is-not-there')))).toThrow('is-not-there')
})
