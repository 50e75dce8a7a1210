import { setTimeout as sleep } from 'node:timers/promises'
import { type Spread, spreadOf } from '@turnwise/bench'
import { openCalls } from './streamDriver.js'

/** Calls as they are: a word every `wordMs`, whether or not the last one is answered. */
export interface CallsResult {
  readonly calls: number
  readonly wordMs: number
  readonly words: number
  readonly superseded: number
  readonly errors: number
  /** Of the words that were decided about. */
  readonly latencyMs: Spread
}

export interface CallsOptions {
  readonly calls: number
  readonly wordMs: number
  readonly seconds: number
}

export async function measureCalls(url: string, { calls, wordMs, seconds }: CallsOptions): Promise<CallsResult> {
  const open = await openCalls(url, calls)
  const timesMs: number[] = []
  const counts = { words: 0, superseded: 0, errors: 0 }
  const endMs = performance.now() + 1000 * seconds
  await Promise.all(
    open.map(async (call, index) => {
      // Spread evenly: people do not speak in step.
      for (let atMs = performance.now() + (wordMs * index) / calls; atMs < endMs; atMs += wordMs) {
        await sleep(Math.max(0, atMs - performance.now()))
        counts.words += 1
        void call.next().then(({ kind, tookMs }) => {
          if (kind === 'decision') timesMs.push(tookMs)
          else if (kind === 'superseded') counts.superseded += 1
          else counts.errors += 1
        })
      }
    }),
  )
  // What is still to come of the last words.
  await sleep(2 * wordMs)
  await Promise.all(open.map((call) => call.close()))
  return { calls, wordMs, ...counts, latencyMs: spreadOf(timesMs) }
}
