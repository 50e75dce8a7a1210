import { askAtRate } from './askAtRate.js'
import type { HttpAnswer } from './httpConnections.js'
import { readMetric } from './measureCores.js'
import { countOutcomes, type Outcomes } from './outcomes.js'

/** Predictions at a rate, for minutes. */
export interface SoakResult extends Outcomes {
  readonly minutes: number
  readonly perSecond: number
  /** Of the server, at the beginning and after each part. */
  readonly memoryBytes: readonly number[]
}

const PARTS_A_MINUTE = 2

export async function measureSoak(url: string, perSecond: number, minutes: number): Promise<SoakResult> {
  const memoryBytes = [await memoryOf(url)]
  const answers: HttpAnswer[] = []
  for (let part = 0; part < minutes * PARTS_A_MINUTE; part += 1) {
    for (const answer of (await askAtRate(url, perSecond, 60 / PARTS_A_MINUTE)).answers) answers.push(answer)
    memoryBytes.push(await memoryOf(url))
  }
  return { minutes, perSecond: Math.round(perSecond), ...countOutcomes(answers), memoryBytes }
}

async function memoryOf(url: string): Promise<number> {
  return readMetric(url, 'turnwise_process_resident_memory_bytes')
}
