import { TurnwiseError } from '@turnwise/core'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { loadOnnxRuntime } from 'turnwise'

/** Key/value tensors of a run, by the names of the inputs that take them. */
type KeyValues = Readonly<Record<string, Tensor>>

/** What a run of an {@link OnnxFile} gives. */
interface OnnxAnswer {
  /** After the last token: of the four actions, or of the vocabulary. */
  readonly logits: Float32Array
  /** To go on from, if it was asked for. */
  readonly keyValues: KeyValues | undefined
}

/** A graph with a key/value cache, of the published or the fused form, run in this thread by ONNX Runtime alone. */
export interface OnnxFile {
  /**
   * @param tokens those that come after `past`
   * @param keep whether to give the key/value tensors
   */
  run(tokens: readonly number[], past?: KeyValues, keep?: boolean): Promise<OnnxAnswer>
  close(): Promise<void>
}

/**
 * Opens a graph as anybody would: ONNX Runtime's own session options but for the number of threads.
 *
 * @throws TurnwiseError MODEL_FILE_INVALID, RUNTIME_UNAVAILABLE
 */
export async function openOnnxFile(path: string, threads: number): Promise<OnnxFile> {
  const runtime = await loadOnnxRuntime()
  const session = await runtime.InferenceSession.create(path, { intraOpNumThreads: threads }).catch(
    (cause: unknown) => {
      throw new TurnwiseError('MODEL_FILE_INVALID', `ONNX Runtime cannot read ${path}.`, { value: path, cause })
    },
  )
  const caches = cachesOf(session, path)
  const wantsPositions = session.inputNames.includes('position_ids')
  const integers = (values: number[]) => {
    return new runtime.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length])
  }

  return {
    async run(tokens, past, keep = false) {
      const [first] = caches
      const pastTokens = first === undefined ? 0 : (past?.[first.input]?.dims[2] ?? 0)
      const feeds: Record<string, Tensor> = {
        input_ids: integers([...tokens]),
        attention_mask: integers(Array.from({ length: pastTokens + tokens.length }, () => 1)),
      }
      if (wantsPositions) feeds.position_ids = integers(tokens.map((_, index) => pastTokens + index))
      for (const { input, heads, headSize } of caches) {
        feeds[input] = past?.[input] ?? new runtime.Tensor('float32', new Float32Array(0), [1, heads, 0, headSize])
      }
      const outputs = await session.run(feeds, ['logits', ...(keep ? caches.map(({ output }) => output) : [])])
      const kept = caches.flatMap(({ input, output }) => {
        const tensor = outputs[output]
        return tensor === undefined ? [] : [[input, tensor] as const]
      })
      return { logits: lastLogits(outputs.logits), keyValues: keep ? Object.fromEntries(kept) : undefined }
    },
    close: () => session.release(),
  }
}

interface Cache {
  readonly input: string
  readonly output: string
  readonly heads: number
  readonly headSize: number
}

/** @throws TurnwiseError MODEL_FILE_INVALID */
function cachesOf(session: InferenceSession, path: string): Cache[] {
  for (const name of ['input_ids', 'attention_mask']) {
    if (session.inputNames.includes(name)) continue
    throw new TurnwiseError('MODEL_FILE_INVALID', `The graph in ${path} has no ${name}.`, { value: name })
  }
  return session.inputMetadata.flatMap((metadata) => {
    if (!metadata.isTensor || !metadata.name.startsWith('past_key_values.')) return []
    const [, heads, , headSize] = metadata.shape
    if (typeof heads !== 'number' || typeof headSize !== 'number') {
      const problem = `${metadata.name} of ${path} has no fixed number of heads.`
      throw new TurnwiseError('MODEL_FILE_INVALID', problem, { value: metadata.name })
    }
    return [{ input: metadata.name, output: metadata.name.replace('past_key_values', 'present'), heads, headSize }]
  })
}

/** Of [1, width] or [1, tokens, width]. */
function lastLogits(tensor: Tensor | undefined): Float32Array {
  if (tensor === undefined || !(tensor.data instanceof Float32Array)) {
    throw new TurnwiseError('MODEL_FAILED', 'The model gave no logits of type float32.')
  }
  return tensor.data.subarray(tensor.data.length - (tensor.dims.at(-1) ?? 0))
}
