import { type Detector, TurnwiseError } from '@turnwise/core'
import type { UNREADY_REASONS } from './schemas/health.js'

/** What is known of whether the server can answer. */
export interface Health {
  /** The server takes its last requests. */
  isStopping: boolean
  /** To be told how each decision ended. */
  note(error?: unknown): void
  /** Why no request should be sent here, if so. After a failure of the model the model is asked. */
  unreadyReason(): Promise<(typeof UNREADY_REASONS)[number] | undefined>
}

/** Errors of the model rather than of the request. */
const MODEL_ERRORS = ['MODEL_FAILED', 'DETECTOR_CLOSED', 'RUNTIME_UNAVAILABLE']

export function createHealth(detector: Detector): Health {
  let hasFailed = false
  return {
    isStopping: false,
    note(error) {
      if (error === undefined) hasFailed = false
      else if (error instanceof TurnwiseError && MODEL_ERRORS.includes(error.code)) hasFailed = true
    },
    async unreadyReason() {
      if (this.isStopping) return 'stopping'
      if (!hasFailed) return undefined
      try {
        await detector.predict([{ role: 'user', content: 'hello' }])
        hasFailed = false
        return undefined
      } catch {
        return 'model_failed'
      }
    },
  }
}
