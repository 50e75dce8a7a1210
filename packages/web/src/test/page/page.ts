/** The page of the tests and measurements: what they call is on its window, in plain data. */
import {
  type DownloadProgress,
  type ExecutionChoice,
  loadDetector,
  type PredictRequest,
  TurnwiseError,
  type WebDetector,
} from '@turnwise/web'
import type { Conversation } from '../conversations.js'
import { hearAll } from '../hearAll.js'

interface LoadRequest {
  readonly model: string
  readonly threads?: number
  readonly execution?: ExecutionChoice
}

let detector: WebDetector | undefined

function loaded(): WebDetector {
  if (detector === undefined) throw new Error('Nothing is loaded.')
  return detector
}

const calls = {
  /** Loads a model instead of the last one; an error by its code. */
  async load({ model, threads, execution }: LoadRequest) {
    await detector?.close()
    const progress: DownloadProgress[] = []
    const start = performance.now()
    try {
      const onProgress = (each: DownloadProgress) => progress.push(each)
      detector = await loadDetector({ model, threads, execution, onProgress })
    } catch (error) {
      if (error instanceof TurnwiseError) return { code: error.code, message: error.message }
      throw error
    }
    const elapsedMs = performance.now() - start
    return {
      execution: detector.execution,
      comparison: detector.comparison,
      threads: detector.threads,
      progress,
      elapsedMs,
    }
  },
  predictMany: (requests: readonly PredictRequest[]) => loaded().predictMany(requests),
  hearAll: (conversations: readonly Conversation[]) => hearAll(loaded(), conversations),
}

/** What a test can call in the page. */
export type PageCalls = typeof calls

Object.assign(window, { calls })
