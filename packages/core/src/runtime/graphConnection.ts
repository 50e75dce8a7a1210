import { TurnwiseError } from '../errors.js'
import type { Graph } from './graph.js'
import { type GraphReply, type GraphRequest, type RowSharing, unpackFailure } from './graphMessages.js'

/** The way to the thread of a graph. */
export interface GraphLink {
  send(request: GraphRequest): void
  /** Called when a reply begins to be waited for, and when none is any more. */
  onWaiting?(isWaiting: boolean): void
}

/** A graph in another thread, served there by `serveGraph`. Closing is the thread owner's. */
export interface GraphConnection extends Pick<Graph, 'run' | 'release'> {
  /**
   * When the graph is loaded: what may run together in it.
   *
   * @throws TurnwiseError what it failed of
   */
  ready(): Promise<RowSharing>
  /** To be called with each message of the thread. */
  receive(reply: GraphReply): void
  /** To be called when the thread has ended: nothing can be run any more. An error of ours is passed on as it is. */
  fail(cause: unknown): void
}

/** What is waited for: that the graph is loaded, or the result of a run. */
interface Pending {
  resolve(reply: GraphReply): void
  reject(error: unknown): void
}

/** The near end of a graph in another thread. */
export function connectGraph(link: GraphLink): GraphConnection {
  let pending: Pending | undefined
  let failure: TurnwiseError | undefined

  function settle(): Pending | undefined {
    const settled = pending
    pending = undefined
    link.onWaiting?.(false)
    return settled
  }

  function reply(): Promise<GraphReply> {
    if (failure !== undefined) return Promise.reject(failure)
    link.onWaiting?.(true)
    return new Promise((resolve, reject) => {
      pending = { resolve, reject }
    })
  }

  return {
    async ready() {
      const message = await reply()
      if (message.kind === 'ready') return message.sharing
      throw new TurnwiseError('MODEL_FAILED', 'The thread of the model did not say that it is ready.')
    },
    async run(rows) {
      link.send({ kind: 'run', rows })
      const message = await reply()
      if (message.kind === 'result') return message.results
      throw new TurnwiseError('MODEL_FAILED', 'The thread of the model gave no result.')
    },
    release: (id) => link.send({ kind: 'release', id }),
    receive(message) {
      if (message.kind === 'failed') settle()?.reject(unpackFailure(message.failure))
      else settle()?.resolve(message)
    },
    fail(cause) {
      failure ??= toFailure(cause)
      settle()?.reject(failure)
    },
  }
}

function toFailure(cause: unknown): TurnwiseError {
  if (cause instanceof TurnwiseError) return cause
  return new TurnwiseError('MODEL_FAILED', 'The thread of the model has ended.', { cause })
}
