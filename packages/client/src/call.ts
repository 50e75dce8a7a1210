import { type CancelSignal, throwIfAborted } from '@turnwise/core'
import { onAbort } from './onAbort.js'
import { deadlineExceeded } from './requestJson.js'

/** Somebody who waits for an answer. */
export interface Call<Answer> {
  /** Whether it is answered, or nobody waits for it any more. */
  readonly isDone: boolean
  readonly answer: Promise<Answer>
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/** A call that is rejected when its time is over or its signal is aborted. */
export function createCall<Answer>(timeoutMs: number, signal?: CancelSignal): Call<Answer> {
  let isDone = false
  let settle: { resolve(answer: Answer): void; reject(error: unknown): void } | undefined
  const answer = new Promise<Answer>((resolve, reject) => {
    settle = { resolve, reject }
  })
  const timer = setTimeout(() => reject(deadlineExceeded(timeoutMs)), timeoutMs)
  const forget = onAbort(signal, reject)

  function end(): void {
    isDone = true
    clearTimeout(timer)
    forget()
  }

  function reject(error: unknown): void {
    end()
    settle?.reject(error)
  }

  try {
    throwIfAborted(signal)
  } catch (error) {
    reject(error)
  }
  return {
    answer,
    reject,
    get isDone() {
      return isDone
    },
    resolve(answer) {
      end()
      settle?.resolve(answer)
    },
  }
}
