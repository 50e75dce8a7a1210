import { type Spread, spreadOf } from '@turnwise/bench'
import { askAtRate } from './askAtRate.js'
import { readMetric } from './measureCores.js'

/** Predictions at a rate, for minutes. */
export interface SoakResult {
  readonly minutes: number
  readonly perSecond: number
  readonly answered: number
  /** Anything but an answer. */
  readonly errors: number
  readonly latencyMs: Spread
  /** Of the server, at the beginning and after each part. */
  readonly memoryBytes: readonly number[]
}

const PARTS_A_MINUTE = 2

export async function measureSoak(url: string, perSecond: number, minutes: number): Promise<SoakResult> {
  const memoryBytes = [await memoryOf(url)]
  const timesMs: number[] = []
  let errors = 0
  for (let part = 0; part < minutes * PARTS_A_MINUTE; part += 1) {
    const result = await askAtRate(url, perSecond, 60 / PARTS_A_MINUTE)
    const answered = result.answers.filter(({ status }) => status === 200)
    errors += result.errors + result.answers.length - answered.length
    for (const { tookMs } of answered) timesMs.push(tookMs)
    memoryBytes.push(await memoryOf(url))
  }
  const latencyMs = spreadOf(timesMs)
  return { minutes, perSecond: Math.round(perSecond), answered: timesMs.length, errors, latencyMs, memoryBytes }
}

async function memoryOf(url: string): Promise<number> {
  return readMetric(url, 'turnwise_process_resident_memory_bytes')
}
