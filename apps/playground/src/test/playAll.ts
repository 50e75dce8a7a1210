import type { PolicyName } from '@turnwise/web'
import { playScenario } from '../script/playScenario.js'
import type { Turn } from '../script/scenarios.js'
import { type Beat, createPerformance, type Judge } from '../stage/performance.js'

/** Plays turns to their end, without their pauses in time. */
export async function playAll(
  detector: Judge['detector'],
  turns: readonly Turn[],
  policies: readonly PolicyName[] = ['balanced'],
): Promise<Beat[]> {
  const performance = createPerformance(policies.map((policy) => ({ detector, policy })))
  const beats: Beat[] = []
  const steps = playScenario({ turns })
  let next = steps.next()
  while (next.done !== true) {
    const beat = await performance.play(next.value)
    beats.push(beat)
    next = steps.next(beat)
  }
  await performance.close()
  return beats
}
