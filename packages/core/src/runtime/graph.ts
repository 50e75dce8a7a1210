import { ACTIONS } from '../actions.js'
import { TurnwiseError } from '../errors.js'
import type { Manifest } from '../manifest.js'
import type { ActionLogits } from '../model.js'
import { createFeeds, type GraphTensor, type InputPast, keyValueNames, type TensorMaker } from './graphFeeds.js'
import type { GraphRow, GraphRowResult, RowSharing } from './graphMessages.js'

/** What is run once after loading, so that the first decision is as fast as the others: a prompt, and a word more. */
const WARM_UP_TOKENS = { prompt: 4, word: 1 }
const WARM_UP_STATE = 0

/** A graph that is loaded, and the states it keeps. ONNX Runtime blocks the thread that it is in. */
export interface Graph {
  /** Which rows may be in one run. */
  readonly sharing: RowSharing
  /**
   * Answers rows together. Must not be called again before it is done.
   *
   * @throws TurnwiseError MODEL_FAILED if a past is not kept, or rows cannot share a run; what ONNX Runtime throws
   */
  run(rows: readonly GraphRow[]): Promise<readonly GraphRowResult[]>
  /** Forgets a state. What was asked to run before still has it. */
  release(id: number): void
  close(): Promise<void>
}

/** A session of ONNX Runtime, as far as it is used here. */
export interface GraphSession<Tensor extends GraphTensor> {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  run(
    feeds: Record<string, Tensor>,
    outputNames: readonly string[],
  ): Promise<{ readonly [name: string]: Tensor | undefined }>
  release(): Promise<void>
}

/**
 * A graph over an open session, warmed up. Both forms are understood. The session is released if it cannot be used.
 *
 * @throws TurnwiseError MODEL_FILE_INVALID; what ONNX Runtime throws when it runs
 */
export async function createGraph<Tensor extends GraphTensor>(
  session: GraphSession<Tensor>,
  make: TensorMaker<Tensor>,
  manifest: Manifest,
): Promise<Graph> {
  const { outputs: presentNames } = keyValueNames(manifest.onnx)
  const columns = columnsOf(manifest)
  const states = new Map<number, readonly Tensor[]>()
  let running: Promise<unknown> = Promise.resolve()

  function findPast(past: GraphRow['past']): InputPast<Tensor> | undefined {
    if (past === undefined) return undefined
    const tensors = states.get(past.id)
    if (tensors === undefined) throw new TurnwiseError('MODEL_FAILED', 'A state was used after its release.')
    return { tensors, tokenCount: past.tokenCount }
  }

  const graph: Graph = {
    // GroupQueryAttention takes one row with a past at a time. Graphs of the published form round all activations of a
    // run together: an answer would depend on its neighbours.
    sharing: manifest.onnx.form === 'fused' ? 'padded' : 'alone',
    async run(rows) {
      const { past, keep } = rows.find((row) => row.past !== undefined || row.keep !== undefined) ?? {}
      if (rows.length > 1 && (past !== undefined || keep !== undefined)) {
        throw new TurnwiseError('MODEL_FAILED', 'Rows with states cannot share a run here.', { value: rows.length })
      }
      const tokens = rows.map((row) => row.tokens)
      const feeds = createFeeds(make, manifest, tokens, findPast(past))
      // Asking for the key/value tensors costs their copies.
      const answering = session.run(feeds, keep === undefined ? ['logits'] : ['logits', ...presentNames])
      running = answering.catch(() => undefined)
      const outputs = await answering
      const tensors = presentNames.map((name) => outputs[name]).filter((tensor) => tensor !== undefined)
      if (keep !== undefined) states.set(keep.id, tensors)
      const stateBytes = tensors.reduce((sum, tensor) => sum + tensor.size * Float32Array.BYTES_PER_ELEMENT, 0)
      return tokens.map(({ length }, index) => ({
        logits: readLogits(outputs.logits, columns, index, length),
        stateBytes,
      }))
    },
    release(id) {
      const tensors = states.get(id) ?? []
      states.delete(id)
      void running.then(() => {
        // A run may have been reading them. In JavaScript's memory they are freed when nothing needs them any more.
        for (const tensor of tensors) make.dispose?.(tensor)
      })
    },
    close: () => session.release(),
  }
  try {
    checkNames(session, manifest)
    await warmUp(graph, manifest)
  } catch (error) {
    await graph.close()
    throw error
  }
  return graph
}

async function warmUp(graph: Graph, { tokens }: Manifest): Promise<void> {
  const row = (length: number) => Array.from({ length }, () => tokens.messageEnd)
  const state = { id: WARM_UP_STATE, tokenCount: WARM_UP_TOKENS.prompt }
  await graph.run([{ tokens: row(WARM_UP_TOKENS.prompt), keep: state }])
  await graph.run([{ tokens: row(WARM_UP_TOKENS.word), past: state }])
  graph.release(WARM_UP_STATE)
}

/** @throws TurnwiseError MODEL_FILE_INVALID if the graph has not the inputs and outputs of its form */
function checkNames({ inputNames, outputNames }: GraphSession<GraphTensor>, { onnx }: Manifest): void {
  const { inputs, outputs } = keyValueNames(onnx)
  const positions = onnx.form === 'published' ? ['position_ids'] : []
  const expected = [...['input_ids', 'attention_mask'], ...positions, ...inputs, ...['logits'], ...outputs]
  const found = [...inputNames, ...outputNames]
  const missing = expected.find((name) => !found.includes(name))
  const unknown = inputNames.find((name) => !expected.includes(name))
  if (missing === undefined && unknown === undefined) return
  const problem = missing === undefined ? `wants an unknown input ${unknown}` : `has no ${missing}`
  throw new TurnwiseError('MODEL_FILE_INVALID', `The graph ${onnx.file} ${problem}.`, { value: missing ?? unknown })
}

/** The logits after the last token of a row: [batch, width], or [batch, sequence, width]. */
function readLogits(
  tensor: GraphTensor | undefined,
  columns: readonly number[],
  row: number,
  tokenCount: number,
): ActionLogits {
  if (tensor === undefined || !(tensor.data instanceof Float32Array)) {
    throw new TurnwiseError('MODEL_FAILED', 'The model gave no logits of type float32.')
  }
  const { dims, data } = tensor
  const width = dims.at(-1) ?? 0
  const place = dims.length === 3 ? row * (dims[1] ?? 0) + tokenCount - 1 : row
  return columns.map((column) => {
    return column < width ? (data[place * width + column] ?? Number.NaN) : Number.NaN
  })
}

/** Where the logits of the actions are, and that of a yield if the model has one. */
function columnsOf({ onnx, tokens: { actions, yielded } }: Manifest): number[] {
  const tokens = [...ACTIONS.map((action) => actions[action]), ...(yielded === undefined ? [] : [yielded])]
  return onnx.logits === 'actions' ? tokens.map((_, index) => index) : tokens
}
