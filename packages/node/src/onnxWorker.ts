/** The thread that runs a model: started by `startOnnxWorker`, never imported. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { type OnnxGraph, openOnnxGraph } from './onnxGraph.js'
import { type OnnxRun, type OnnxWorkerData, packFailure, type WorkerReply, type WorkerRequest } from './onnxMessages.js'

async function serve(port: MessagePort, data: OnnxWorkerData): Promise<void> {
  const reply = (message: WorkerReply) => port.postMessage(message)
  let graph: OnnxGraph
  try {
    graph = await openOnnxGraph(data)
  } catch (error) {
    reply({ kind: 'failed', failure: packFailure(error) })
    return
  }

  async function answer(run: OnnxRun): Promise<void> {
    try {
      reply({ kind: 'result', result: await graph.run(run) })
    } catch (error) {
      reply({ kind: 'failed', failure: packFailure(error) })
    }
  }

  port.on('message', (request: WorkerRequest) => {
    if (request.kind === 'run') void answer(request.run)
    else if (request.kind === 'release') graph.release(request.id)
    // Without the port nothing is left to wait for, and the thread ends.
    else void graph.close().finally(() => port.close())
  })
  reply({ kind: 'ready' })
}

if (parentPort !== null) await serve(parentPort, workerData as OnnxWorkerData)
