import { expect, test } from 'vitest'
import { parseManifest } from '../manifest.js'
import { createFeeds, type GraphTensor, type TensorMaker } from './graphFeeds.js'

interface TestTensor extends GraphTensor {
  readonly data: Float32Array | BigInt64Array
}

const make: TensorMaker<TestTensor> = {
  float32: (data, dims) => ({ dims, size: data.length, data }),
  int64: (data, dims) => ({ dims, size: data.length, data }),
}

function manifest(form: 'fused' | 'published') {
  const actions = { start_speaking: 4, continue_listening: 5, start_listening: 6, continue_speaking: 7 }
  return parseManifest({
    formatVersion: 1,
    name: 'two heads',
    version: '1.0.0',
    template: 'chatml',
    tokens: { messageStart: 1, messageEnd: 2, trigger: 3, actions },
    maxTokens: 1024,
    onnx: { file: 'model.onnx', form, layers: 1, keyValueHeads: 2, headSize: 2, logits: 'actions' },
    files: {
      'model.onnx': { sha256: '0'.repeat(64), sizeBytes: 1 },
      'tokenizer.json': { sha256: '0'.repeat(64), sizeBytes: 1 },
    },
    calibration: { temperature: 1 },
  })
}

/** Three tokens: the number of the head, of the token and of the place. */
function past() {
  const data = Float32Array.from([100, 101, 110, 111, 120, 121, 200, 201, 210, 211, 220, 221])
  const tensor = () => make.float32(data, [1, 2, 3, 2])
  return [tensor(), tensor()]
}

function contents(feeds: Record<string, TestTensor>) {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { dims, data }]) => [name, [dims, [...data].map(Number)]]),
  )
}

test('rows are padded on the right, and the mask says so', () => {
  expect(contents(createFeeds(make, manifest('fused'), [[5, 6, 7], [8]], undefined))).toEqual({
    input_ids: [
      [2, 3],
      [5, 6, 7, 8, 0, 0],
    ],
    attention_mask: [
      [2, 3],
      [1, 1, 1, 1, 0, 0],
    ],
    'past_key_values.0.key': [[2, 2, 0, 2], []],
    'past_key_values.0.value': [[2, 2, 0, 2], []],
  })
})

test('the published form gets positions, and a past of the right length', () => {
  const tensors = past()
  const feeds = createFeeds(make, manifest('published'), [[5, 6]], { tensors, tokenCount: 2 })
  const firstTokens = [
    [1, 2, 2, 2],
    [100, 101, 110, 111, 200, 201, 210, 211],
  ]
  expect(contents(feeds)).toEqual({
    input_ids: [
      [1, 2],
      [5, 6],
    ],
    attention_mask: [
      [1, 4],
      [1, 1, 1, 1],
    ],
    position_ids: [
      [1, 2],
      [2, 3],
    ],
    'past_key_values.0.key': firstTokens,
    'past_key_values.0.value': firstTokens,
  })
  const whole = createFeeds(make, manifest('published'), [[5]], { tensors, tokenCount: 3 })
  expect(whole['past_key_values.0.key']).toBe(tensors[0])
})

test('the fused form gets the past as it is, and a mask that ends where the past ends', () => {
  const tensors = past()
  const feeds = createFeeds(make, manifest('fused'), [[5, 6]], { tensors, tokenCount: 2 })
  expect(feeds['past_key_values.0.value']).toBe(tensors[1])
  expect(contents(feeds).attention_mask).toEqual([
    [1, 4],
    [1, 1, 1, 1],
  ])
})
