import type { Detector, PolicyName } from '@turnwise/web'
import { playScenario } from '../script/playScenario.js'
import type { Turn } from '../script/scenarios.js'
import { type Beat, createPerformance } from '../stage/performance.js'

/** Plays turns to their end, without their pauses in time. */
export async function playAll(
  detector: Pick<Detector, 'openSession'>,
  turns: readonly Turn[],
  policies: readonly PolicyName[] = ['balanced'],
): Promise<Beat[]> {
  const performance = createPerformance(detector, policies)
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
