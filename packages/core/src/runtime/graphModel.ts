import { TurnwiseError } from '../errors.js'
import type { LanguageModel, ModelAnswer, ModelRequest, PrefixState } from '../model.js'
import { BATCH_LIMITS, chooseRows, type WaitingRow } from './chooseRows.js'
import type { Graph } from './graph.js'
import type { GraphRow } from './graphMessages.js'
import type { ModelObserver } from './modelObserver.js'
import { createPrefixStore } from './prefixStore.js'
import { createRowQueue } from './rowQueue.js'

/** Every runtime has it; the compiler is told of none. */
declare const performance: { now(): number }

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
interface Row extends WaitingRow {
  readonly keepTokens: number
  /** When it was asked for, if anybody observes. */
  readonly askedMs: number
}

/**
 * A language model over a graph, which may be in another thread. The requests of all conversations go through one
 * queue. Their states stay with the graph; which of them a request uses is decided when it runs, by its tokens.
 */
export function createGraphModel(
  graph: Graph,
  { maxCacheBytes, maxQueuedRequests, observer }: GraphModelOptions,
): LanguageModel {
  const store = createPrefixStore(maxCacheBytes, (id, sizeBytes) => {
    graph.release(id)
    observer?.onCacheChange(-sizeBytes)
  })
  const queue = createRowQueue<Row, ModelAnswer>({
    maxWaiting: maxQueuedRequests,
    choose: (waiting) => chooseRows(graph.sharing, waiting, countTokens),
    run: runRows,
  })
  const tokensOf = new WeakMap<PrefixState, readonly number[]>()
  const now = observer === undefined ? () => 0 : () => performance.now()
  let lastId = 0
  let closing: Promise<void> | undefined

  function createRow({ tokens, prefix, keepTokens = 0 }: ModelRequest): Row {
    const askedMs = now()
    if (prefix === undefined) return { tokens, keepTokens, usesStates: keepTokens > 0, askedMs }
    const before = tokensOf.get(prefix.state)
    if (before === undefined) throw new TurnwiseError('MODEL_FAILED', 'A prefix was used after its release.')
    return { tokens: [...before.slice(0, prefix.tokenCount), ...tokens], keepTokens, usesStates: true, askedMs }
  }

  /** Only conversations use states: `predict` is the same whatever else is going on. */
  function findPast({ tokens, usesStates }: Row): GraphRow['past'] {
    return usesStates ? store.find(tokens) : undefined
  }

  function countTokens(row: Row): number {
    return row.tokens.length - (findPast(row)?.tokenCount ?? 0)
  }

  /** Pasts are found here, when nothing can be released or dropped any more before the graph has them. */
  function placeRow(row: Row): GraphRow {
    const past = findPast(row)
    const tokens = row.tokens.slice(past?.tokenCount ?? 0)
    if (row.keepTokens === 0) return { tokens, past }
    lastId += 1
    return { tokens, past, keep: { id: lastId, tokenCount: row.keepTokens } }
  }

  async function runRows(rows: readonly Row[]): Promise<ModelAnswer[]> {
    const placed = rows.map(placeRow)
    const startedMs = now()
    const results = await graph.run(placed)
    observer?.onRun({
      waitedMs: rows.map(({ askedMs }) => startedMs - askedMs),
      ranMs: now() - startedMs,
      tokensRun: placed.reduce((sum, { tokens }) => sum + tokens.length, 0),
      tokensReused: placed.reduce((sum, { past }) => sum + (past?.tokenCount ?? 0), 0),
    })
    return results.map(({ logits, stateBytes }, index) => {
      const { tokens, keep } = placed[index] ?? { tokens: [] }
      const answer = { logits, tokensRun: tokens.length }
      if (keep === undefined) return answer
      const kept = rows[index]?.tokens.slice(0, keep.tokenCount) ?? []
      return { ...answer, state: createState(keep.id, kept, stateBytes) }
    })
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
    ...BATCH_LIMITS[graph.sharing],
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
