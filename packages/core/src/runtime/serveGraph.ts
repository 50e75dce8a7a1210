import type { Graph } from './graph.js'
import { type GraphReply, type GraphRequest, type GraphRun, packFailure } from './graphMessages.js'

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

  async function answer({ run }: Graph, request: GraphRun): Promise<void> {
    try {
      port.post({ kind: 'result', result: await run(request) })
    } catch (error) {
      port.post({ kind: 'failed', failure: packFailure(error) })
    }
  }

  port.listen((request) => {
    if (request.kind === 'run') void answer(graph, request.run)
    else if (request.kind === 'release') graph.release(request.id)
    else void graph.close().finally(port.close)
  })
  port.post({ kind: 'ready' })
}
