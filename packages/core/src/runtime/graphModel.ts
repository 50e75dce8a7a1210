import { TurnwiseError } from '../errors.js'
import type { Manifest } from '../manifest.js'
import type { LanguageModel, ModelAnswer, ModelRequest, PrefixState } from '../model.js'
import type { Graph } from './graph.js'
import type { GraphRun, GraphRunResult } from './graphMessages.js'
import type { ModelObserver } from './modelObserver.js'
import { createPrefixStore } from './prefixStore.js'
import { createRowQueue, type QueueRow } from './rowQueue.js'

/** Every runtime has it; the compiler is told of none. */
declare const performance: { now(): number }

/** Rows worth running together on a few cores; more gain nothing and delay the others. */
const MAX_BATCH_SIZE = 16
/** Beyond it a batch is slower than its rows one by one: its activations leave the cache. */
const MAX_BATCH_TOKENS = 512

/** Options of {@link createGraphModel}. */
export interface GraphModelOptions {
  /** The most memory for the key/value states of conversations, all together. */
  readonly maxCacheBytes: number
  /** When so many requests wait, more are refused. */
  readonly maxQueuedRequests: number
  /** Is told of each run. */
  readonly observer?: ModelObserver | undefined
}

/** A request that needs no handle any more: its state may be released, or dropped for want of memory. */
interface Row extends QueueRow {
  /** Those of the prefix included. */
  readonly tokens: readonly number[]
  readonly keepTokens: number
  /** Whether it belongs to a conversation: it may use any state, and may keep one. */
  readonly usesStates: boolean
  /** When it was asked for, if anybody observes. */
  readonly askedMs: number
}

/**
 * A language model over a graph, which may be in another thread. The requests of all conversations go through one
 * queue. Their states stay with the graph; which of them a request uses is decided when it runs, by its tokens.
 */
export function createGraphModel(
  graph: Graph,
  manifest: Manifest,
  { maxCacheBytes, maxQueuedRequests, observer }: GraphModelOptions,
): LanguageModel {
  const store = createPrefixStore(maxCacheBytes, (id, sizeBytes) => {
    graph.release(id)
    observer?.onCacheChange(-sizeBytes)
  })
  const limits = { maxBatchSize: MAX_BATCH_SIZE, maxBatchTokens: MAX_BATCH_TOKENS }
  const queue = createRowQueue<Row, ModelAnswer>({ ...limits, maxWaiting: maxQueuedRequests, run: runRows })
  const tokensOf = new WeakMap<PrefixState, readonly number[]>()
  const now = observer === undefined ? () => 0 : () => performance.now()
  let lastId = 0
  let closing: Promise<void> | undefined

  function createRow({ tokens, prefix, keepTokens = 0 }: ModelRequest): Row {
    const askedMs = now()
    if (prefix === undefined) {
      const usesStates = keepTokens > 0
      // GroupQueryAttention takes one row with a past at a time. Graphs of the published form round all activations of
      // a run together: an answer would depend on its neighbours.
      return { tokens, keepTokens, usesStates, canShare: manifest.onnx.form === 'fused' && !usesStates, askedMs }
    }
    const before = tokensOf.get(prefix.state)
    if (before === undefined) throw new TurnwiseError('MODEL_FAILED', 'A prefix was used after its release.')
    const all = [...before.slice(0, prefix.tokenCount), ...tokens]
    return { tokens: all, keepTokens, usesStates: true, canShare: false, askedMs }
  }

  async function runRows(rows: readonly Row[]): Promise<ModelAnswer[]> {
    const [first] = rows
    if (first?.usesStates === true) return [await runOfConversation(first)]
    const { logits } = await runGraph(rows, { rows: rows.map(({ tokens }) => tokens) })
    return logits.map((row) => ({ logits: row }))
  }

  async function runOfConversation(row: Row): Promise<ModelAnswer> {
    const { tokens, keepTokens } = row
    const past = store.find(tokens)
    lastId += 1
    const id = lastId
    const keepAs = keepTokens > 0 ? id : undefined
    const run = { rows: [tokens.slice(past?.tokenCount ?? 0)], past, keepAs }
    const { logits, stateBytes } = await runGraph([row], run)
    const answer = { logits: logits[0] ?? [] }
    return keepAs === undefined
      ? answer
      : { ...answer, state: createState(id, tokens.slice(0, keepTokens), stateBytes) }
  }

  async function runGraph(rows: readonly Row[], run: GraphRun): Promise<GraphRunResult> {
    const startedMs = now()
    const result = await graph.run(run)
    observer?.onRun({
      waitedMs: rows.map(({ askedMs }) => startedMs - askedMs),
      ranMs: now() - startedMs,
      tokensRun: run.rows.reduce((sum, { length }) => sum + length, 0),
      tokensReused: run.past?.tokenCount ?? 0,
    })
    return result
  }

  function createState(id: number, tokens: readonly number[], sizeBytes: number): PrefixState {
    const state: PrefixState = {
      tokenCount: tokens.length,
      sizeBytes,
      release() {
        tokensOf.delete(state)
        store.drop(id)
      },
    }
    tokensOf.set(state, tokens)
    observer?.onCacheChange(sizeBytes)
    store.add(id, tokens, sizeBytes)
    return state
  }

  return {
    ...limits,
    async run(requests, signal) {
      if (closing !== undefined) throw new TurnwiseError('DETECTOR_CLOSED', 'The model is closed.')
      return allAnswers(await queue.ask(requests.map(createRow), signal))
    },
    async close() {
      closing ??= queue.idle().then(graph.close)
      await closing
    },
  }
}

/** All answers, or the first error; then no state is left behind. */
function allAnswers(results: readonly PromiseSettledResult<ModelAnswer>[]): ModelAnswer[] {
  const answers = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed === undefined) return answers
  for (const { state } of answers) state?.release()
  throw failed.reason
}
