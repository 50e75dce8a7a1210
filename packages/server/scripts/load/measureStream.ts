import { type Spread, spreadOf } from '@turnwise/bench'
import { openCalls } from './streamDriver.js'

/** Sessions, each on a stream of its own, that say their next word as soon as the last is answered. */
export interface StreamResult {
  readonly connections: number
  readonly perSecond: number
  readonly latencyMs: Spread
  readonly errors: number
}

export async function measureStream(url: string, connections: number, seconds: number): Promise<StreamResult> {
  const calls = await openCalls(url, connections)
  const timesMs: number[] = []
  let errors = 0
  const beganMs = performance.now()
  const endMs = beganMs + 1000 * seconds
  await Promise.all(
    calls.map(async (call) => {
      while (performance.now() < endMs) {
        const { kind, tookMs } = await call.next()
        if (kind === 'error') errors += 1
        else timesMs.push(tookMs)
      }
    }),
  )
  const tookSeconds = (performance.now() - beganMs) / 1000
  await Promise.all(calls.map((call) => call.close()))
  const perSecond = Math.round((10 * timesMs.length) / tookSeconds) / 10
  return { connections, perSecond, latencyMs: spreadOf(timesMs), errors }
}
