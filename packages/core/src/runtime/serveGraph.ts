import type { Graph } from './graph.js'
import { type GraphReply, type GraphRequest, type GraphRow, packFailure } from './graphMessages.js'

/** The thread's end of the way to the owner of a graph. */
export interface GraphPort {
  post(reply: GraphReply): void
  listen(handle: (request: GraphRequest) => void): void
  /** Ends the thread. */
  close(): void
}

/** Loads a graph in this thread and answers what its owner asks, until it is closed. */
export async function serveGraph(port: GraphPort, open: () => Promise<Graph>): Promise<void> {
  const graph = await open().catch((error: unknown) => {
    port.post({ kind: 'failed', failure: packFailure(error) })
  })
  if (graph === undefined) return

  async function answer({ run }: Graph, rows: readonly GraphRow[]): Promise<void> {
    try {
      port.post({ kind: 'result', results: await run(rows) })
    } catch (error) {
      port.post({ kind: 'failed', failure: packFailure(error) })
    }
  }

  port.listen((request) => {
    if (request.kind === 'run') void answer(graph, request.rows)
    else if (request.kind === 'release') graph.release(request.id)
    else void graph.close().finally(port.close)
  })
  port.post({ kind: 'ready', sharing: graph.sharing })
}
