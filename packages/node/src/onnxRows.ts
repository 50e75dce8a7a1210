import {
  ACTIONS,
  type ActionLogits,
  type Manifest,
  type ModelAnswer,
  type ModelRequest,
  type PrefixState,
  TurnwiseError,
} from '@turnwise/core'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { createFeeds, type InputPast, type KeyValueTensors, keyValueNames } from './onnxFeeds.js'
import type { OnnxRuntime } from './onnxRuntime.js'

/** A request whose prefix has been looked up. */
export interface PreparedRequest {
  readonly tokens: readonly number[]
  readonly past: InputPast | undefined
  readonly keepTokens: number
}

/** Runs requests on a session, and gives out states. */
export interface RowRunner {
  /**
   * Whether a request can share a run with others. Rows with a past of their own cannot; nor can those of the published
   * form, whose graphs round all activations of a run together: a row's answer would depend on its neighbours.
   */
  canRunTogether(this: void, request: PreparedRequest): boolean
  /** @throws TurnwiseError MODEL_FAILED if the prefix was released */
  prepare(this: void, request: ModelRequest): PreparedRequest
  /** Runs requests without past and state as one batch; none is fine. */
  runTogether(requests: readonly PreparedRequest[]): Promise<ModelAnswer[]>
  runAlone(request: PreparedRequest): Promise<ModelAnswer>
}

/** The runs of one session. They must not overlap. */
export function createRowRunner(runtime: OnnxRuntime, session: InferenceSession, manifest: Manifest): RowRunner {
  const { outputs: presentNames } = keyValueNames(manifest.onnx)
  const tensorsOf = new WeakMap<PrefixState, KeyValueTensors>()

  function createState(tensors: KeyValueTensors, tokenCount: number): PrefixState {
    const state: PrefixState = {
      tokenCount,
      sizeBytes: tensors.reduce((sum, tensor) => sum + tensor.size * Float32Array.BYTES_PER_ELEMENT, 0),
      // The tensors live in JavaScript's memory: it is freed when no run needs them any more.
      release: () => {
        tensorsOf.delete(state)
      },
    }
    tensorsOf.set(state, tensors)
    return state
  }

  async function run(rows: PreparedRequest['tokens'][], past: InputPast | undefined, keepTokens: number) {
    const feeds = createFeeds(runtime, manifest, rows, past)
    // Asking for the key/value tensors costs their copies.
    const outputs = await session.run(feeds, keepTokens > 0 ? ['logits', ...presentNames] : ['logits'])
    return {
      logits: rows.map((row, index) => readLogits(outputs.logits, manifest, index, row.length)),
      tensors: presentNames.map((name) => outputs[name]).filter((tensor) => tensor !== undefined),
    }
  }

  return {
    canRunTogether: ({ past, keepTokens }) => manifest.onnx.form === 'fused' && past === undefined && keepTokens === 0,
    prepare({ tokens, prefix, keepTokens = 0 }) {
      if (prefix === undefined) return { tokens, past: undefined, keepTokens }
      const tensors = tensorsOf.get(prefix.state)
      if (tensors === undefined) throw new TurnwiseError('MODEL_FAILED', 'A prefix was used after its release.')
      return { tokens, past: { tensors, tokenCount: prefix.tokenCount }, keepTokens }
    },
    async runTogether(requests) {
      if (requests.length === 0) return []
      const { logits } = await run(
        requests.map(({ tokens }) => tokens),
        undefined,
        0,
      )
      return logits.map((row) => ({ logits: row }))
    },
    async runAlone({ tokens, past, keepTokens }) {
      const { logits, tensors } = await run([tokens], past, keepTokens)
      return { logits: logits[0] ?? [], ...(keepTokens > 0 ? { state: createState(tensors, keepTokens) } : {}) }
    },
  }
}

/** The logits of the actions after the last token of a row: [batch, width], or [batch, sequence, width]. */
function readLogits(tensor: Tensor | undefined, manifest: Manifest, row: number, tokenCount: number): ActionLogits {
  if (tensor === undefined || !(tensor.data instanceof Float32Array)) {
    throw new TurnwiseError('MODEL_FAILED', 'The model gave no logits of type float32.')
  }
  const { dims, data } = tensor
  const width = dims.at(-1) ?? 0
  const place = dims.length === 3 ? row * (dims[1] ?? 0) + tokenCount - 1 : row
  return ACTIONS.map((action, index) => {
    const column = manifest.onnx.logits === 'actions' ? index : manifest.tokens.actions[action]
    return column < width ? (data[place * width + column] ?? Number.NaN) : Number.NaN
  })
}
