import type { Manifest } from '../manifest.js'

/** A tensor of a runtime, as far as core looks into it. */
export interface GraphTensor {
  readonly dims: readonly number[]
  /** The number of its elements. */
  readonly size: number
  readonly data: unknown
}

/** Makes the tensors of a runtime. */
export interface TensorMaker<Tensor extends GraphTensor> {
  float32(data: Float32Array, dims: readonly number[]): Tensor
  int64(data: BigInt64Array, dims: readonly number[]): Tensor
  /** Frees what a run gave, where its memory is not JavaScript's. */
  dispose?(tensor: Tensor): void
}

/** The past of a run of one row. */
export interface InputPast<Tensor extends GraphTensor> {
  /** The key/value tensors of a state, by the number of the layer: key, value, key, value … */
  readonly tensors: readonly Tensor[]
  /** How many of the tensors' tokens count. */
  readonly tokenCount: number
}

/** Names of the key/value inputs and outputs, in the order of {@link InputPast.tensors}. */
export interface KeyValueNames {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/** The names of the key/value tensors of a model. */
export function keyValueNames({ layers }: Manifest['onnx']): KeyValueNames {
  const parts = Array.from({ length: layers }, (_, layer) => [`${layer}.key`, `${layer}.value`]).flat()
  return {
    inputs: parts.map((part) => `past_key_values.${part}`),
    outputs: parts.map((part) => `present.${part}`),
  }
}

/** The inputs of a run. Rows are padded on the right; a past is possible with one row only. */
export function createFeeds<Tensor extends GraphTensor>(
  make: TensorMaker<Tensor>,
  { onnx }: Manifest,
  rows: readonly (readonly number[])[],
  past: InputPast<Tensor> | undefined,
): Record<string, Tensor> {
  const batch = rows.length
  const sequence = Math.max(...rows.map((row) => row.length))
  const pastTokens = past?.tokenCount ?? 0
  const total = pastTokens + sequence
  const ids = new BigInt64Array(batch * sequence)
  const mask = new BigInt64Array(batch * total)
  for (const [index, row] of rows.entries()) {
    for (const [place, token] of row.entries()) ids[index * sequence + place] = BigInt(token)
    mask.fill(1n, index * total, index * total + pastTokens + row.length)
  }
  const feeds: Record<string, Tensor> = {
    input_ids: make.int64(ids, [batch, sequence]),
    attention_mask: make.int64(mask, [batch, total]),
  }
  if (onnx.form === 'published') {
    const positions = BigInt64Array.from(ids, (_, place) => BigInt(pastTokens + (place % sequence)))
    feeds.position_ids = make.int64(positions, [batch, sequence])
  }
  const tensors = past === undefined ? undefined : usableTensors(make, past, onnx)
  const empty = make.float32(new Float32Array(0), [batch, onnx.keyValueHeads, 0, onnx.headSize])
  for (const [index, name] of keyValueNames(onnx).inputs.entries()) feeds[name] = tensors?.[index] ?? empty
  return feeds
}

/**
 * The tensors of the first `tokenCount` tokens. The fused graph takes longer ones as they are: its attention reads
 * only as far as the mask goes, so that rolling back costs nothing. Others get copies of the right length.
 */
function usableTensors<Tensor extends GraphTensor>(
  make: TensorMaker<Tensor>,
  { tensors, tokenCount }: InputPast<Tensor>,
  onnx: Manifest['onnx'],
): readonly Tensor[] {
  if (onnx.form === 'fused') return tensors
  return tensors.map((tensor) => sliceTokens(make, tensor, tokenCount))
}

/** Copies the first tokens of a tensor [1, heads, tokens, headSize]. */
function sliceTokens<Tensor extends GraphTensor>(
  make: TensorMaker<Tensor>,
  tensor: Tensor,
  tokenCount: number,
): Tensor {
  const [, heads = 0, tokens = 0, headSize = 0] = tensor.dims
  if (tokens === tokenCount) return tensor
  const data = tensor.data as Float32Array
  const slice = new Float32Array(heads * tokenCount * headSize)
  for (let head = 0; head < heads; head += 1) {
    const start = head * tokens * headSize
    slice.set(data.subarray(start, start + tokenCount * headSize), head * tokenCount * headSize)
  }
  return make.float32(slice, [1, heads, tokenCount, headSize])
}
