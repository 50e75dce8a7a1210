import type { EventEmitter } from 'node:events'
import { TurnwiseError } from '@turnwise/core'

/**
 * Runs a task that has to be done by a time.
 *
 * @param caller the connection; its `close` ends the task
 * @param task its signal is aborted at the deadline, or when the caller goes away
 * @throws TurnwiseError DEADLINE_EXCEEDED; ABORTED if the caller has gone; what the task throws
 */
export function withDeadline<Result>(
  deadlineMs: number,
  caller: EventEmitter,
  task: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController()
    function end(error: TurnwiseError): void {
      controller.abort(error)
      reject(error)
    }
    const leave = () => end(new TurnwiseError('ABORTED', 'The caller has gone away.'))
    const timer = setTimeout(() => {
      end(new TurnwiseError('DEADLINE_EXCEEDED', `There was no answer within ${deadlineMs} ms.`, { value: deadlineMs }))
    }, deadlineMs)
    caller.once('close', leave)
    task(controller.signal)
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer)
        caller.off('close', leave)
      })
  })
}
